// Small comforts. Every page works without them.
"use strict";

const panel = document.getElementById("filtre");
const form = document.getElementById("sok");

// A filter panel left open while the window grows into two columns would stay in the top layer, over the page.
const wide = window.matchMedia("(min-width: 64rem)");
const closePanel = () => {
  if (panel && panel.hidePopover && panel.matches(":popover-open")) panel.hidePopover();
};
wide.addEventListener("change", () => {
  if (wide.matches) closePanel();
});

// Asking for the results is done with the panel: the reading place moves to the answer.
let asked = false;
if (form) {
  form.addEventListener("submit", () => {
    asked = true;
    closePanel();
  });
}
document.addEventListener("htmx:afterSettle", () => {
  if (!asked) return;
  asked = false;
  document.getElementById("treff").focus({ preventScroll: wide.matches });
});

// A list that was unfolded stays so when its counts are renewed.
const unfolded = new Set();
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const list = event.detail.target;
  if (list.querySelector(":scope > li > .more[open]")) unfolded.add(list.id);
  else unfolded.delete(list.id);
});
document.addEventListener("htmx:oobAfterSwap", (event) => {
  const more = unfolded.has(event.detail.target.id) && event.detail.target.querySelector(":scope > li > .more");
  if (more) more.open = true;
});
