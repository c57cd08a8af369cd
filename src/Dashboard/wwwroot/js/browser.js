// What only script can do: storage, the address, the clipboard, keys, and whether anybody looks.
const tokenKey = "telemetry.token";

// A link signs in once: the token leaves the address before anything else sees it.
export function takeToken() {
  if (!location.hash.startsWith("#token=")) return null;
  const token = decodeURIComponent(location.hash.slice("#token=".length));
  history.replaceState(null, "", location.pathname + location.search);
  return token;
}
addEventListener("hashchange", () => { if (location.hash.startsWith("#token=")) location.reload(); });

const storages = () => { try { return [sessionStorage, localStorage]; } catch { return []; } };
export function readToken() {
  for (const storage of storages()) { const token = storage.getItem(tokenKey); if (token) return token; }
  return null;
}
export const isKept = () => { try { return localStorage.getItem(tokenKey) !== null; } catch { return false; } };
export function keepToken(token, onDevice) {
  forgetToken();
  try { (onDevice ? localStorage : sessionStorage).setItem(tokenKey, token); } catch { /* for this page alone */ }
}
export function forgetToken() { for (const storage of storages()) storage.removeItem(tokenKey); }

export const language = () => document.documentElement.lang;
export function chooseLanguage(language) { try { localStorage.setItem("telemetry.language", language); } catch { /* until the page is left */ } location.reload(); }
export const theme = () => document.documentElement.dataset.theme ?? "system";
export function chooseTheme(theme) {
  if (theme === "system") delete document.documentElement.dataset.theme; else document.documentElement.dataset.theme = theme;
  try { if (theme === "system") localStorage.removeItem("telemetry.theme"); else localStorage.setItem("telemetry.theme", theme); } catch { /* until the page is left */ }
}

// Names of countries and languages are the browser's own.
const named = {};
export function nameOf(type, code) {
  try { return (named[type] ??= new Intl.DisplayNames([document.documentElement.lang], { type, fallback: "none" })).of(code) ?? null; }
  catch { return null; }
}

export async function copy(text) { try { await navigator.clipboard.writeText(text); return true; } catch { return false; } }
export function focus(selector) { document.querySelector(selector)?.focus(); }
export const isHidden = () => document.hidden;

// Without TLS a browser has six connections to a server, for all its tabs. The four that are looked at longest may keep one each.
const kept = 4;
const others = new Map();
const tabs = new BroadcastChannel("telemetry.tabs");
let since = Date.now() + Math.random();
const announce = () => { if (!document.hidden) tabs.postMessage(since); };
tabs.onmessage = ({ data }) => { if (!others.has(data)) announce(); others.set(data, Date.now()); };
document.addEventListener("visibilitychange", () => { since = Date.now() + Math.random(); announce(); });
setInterval(announce, 1000);
announce();
export function isCrowded() {
  for (const [tab, heard] of others) if (Date.now() - heard > 5000) others.delete(tab);
  return location.protocol === "http:" && [...others.keys()].filter(tab => tab < since).length >= kept;
}
export function closeMenu() { const side = document.getElementById("side"); if (side?.matches(":popover-open")) side.hidePopover(); }

// Popovers stand under their buttons by the style sheet; a browser that knows no anchors has them placed here.
if (!CSS.supports("position-area: bottom")) document.addEventListener("toggle", event => {
  const pop = event.target;
  const button = event.newState === "open" && pop.matches(".pop") && document.querySelector(`[popovertarget="${pop.id}"]`);
  if (!button) return;
  const at = button.getBoundingClientRect();
  const below = at.bottom + 4 + pop.offsetHeight <= innerHeight;
  Object.assign(pop.style, {
    inset: "auto", margin: "0",
    left: `${Math.max(8, Math.min(at.left, innerWidth - pop.offsetWidth - 8))}px`,
    top: `${below ? at.bottom + 4 : Math.max(8, at.top - pop.offsetHeight - 4)}px`,
  });
}, true);

let waiting = "";
let timer = 0;
const typing = element => element?.closest("input:not([type=range]):not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable], dialog[open]");
export function listen(app) {
  document.addEventListener("visibilitychange", () => app.invokeMethodAsync("Looked", !document.hidden));
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === "Escape" && event.target.matches?.("#search")) { event.target.blur(); focus("#main"); return; }
    if (typing(event.target)) return;
    if (event.key === "/") { event.preventDefault(); focus("#search"); return; }
    const key = waiting + event.key;
    clearTimeout(timer);
    waiting = event.key === "g" && waiting === "" ? "g" : "";
    if (waiting) timer = setTimeout(() => waiting = "", 1500);
    else if (key === "?" || key.length === 2) app.invokeMethodAsync("Pressed", key);
  });
}
