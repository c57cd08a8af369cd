// Keys that move in a list must not also move the caret, type a blank or send a form.
export const own = (input) => input?.addEventListener("keydown", (key) => {
  const marks = key.key === " " && input.getAttribute("aria-activedescendant");
  if (marks || ["ArrowDown", "ArrowUp", "Enter"].includes(key.key)) key.preventDefault();
});

export const show = (element, id) => {
  document.getElementById(id)?.scrollIntoView({ block: "nearest" });
};

export const hide = (element) => element.closest("[popover]")?.hidePopover();
