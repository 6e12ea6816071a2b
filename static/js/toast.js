// Toasts: short messages at the bottom of the window, one at a time, each from a <template> that the server renders. A button
// with `data-act` does what the message offers ("Prøv igjen", "Angre"), one with `data-close` hides it.
"use strict";

const toasts = (() => {
  const region = document.createElement("div");
  region.className = "toasts";
  region.popover = "manual"; // above the filter panel, which is a popover too
  document.body.append(region);
  let timer = 0;
  let focusedBefore = null;

  const hide = () => {
    clearTimeout(timer);
    const hadFocus = region.contains(document.activeElement);
    region.replaceChildren();
    region.hidePopover?.();
    if (hadFocus && focusedBefore?.isConnected) focusedBefore.focus({ preventScroll: true });
  };

  // `seconds`: then it hides itself, but not while it is pointed at or has the focus. Without them it stays until it is closed.
  const hideLater = (seconds) => {
    clearTimeout(timer);
    if (!seconds) return;
    timer = setTimeout(() => (region.matches(":hover, :focus-within") ? hideLater(seconds) : hide()), seconds * 1000);
  };

  const show = (template, { act, seconds = 0 }) => {
    const toast = template.content.cloneNode(true);
    if (!region.contains(document.activeElement)) focusedBefore = document.activeElement;
    region.hidePopover?.();
    region.replaceChildren(toast);
    region.showPopover?.();
    hideLater(seconds);
    region.querySelector("[data-act]").addEventListener("click", () => {
      hide();
      act();
    });
    region.querySelector("[data-close]").addEventListener("click", hide);
  };

  region.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  return { show, hide };
})();

// A message of the page that floats is closed by its button. Reading continues at the content.
document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-close-message]");
  if (!button) return;
  button.closest(".message").remove();
  document.getElementById("innhold").focus({ preventScroll: true });
});
