// Before anything is painted: the theme and the language that were chosen here.
try {
  const kept = key => localStorage.getItem(key);
  const theme = kept("telemetry.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  const language = kept("telemetry.language") ?? navigator.language;
  document.documentElement.lang = language.startsWith("de") ? "de" : "en";
} catch { /* storage is off: the system's theme, English */ }
