// Enhancements of all pages; every page works without them.
"use strict";

const panel = document.getElementById("filtre");
const form = document.getElementById("sok");

// Closes the filter panel when the window becomes wide enough for two columns: an open popover would cover the page.
const wide = window.matchMedia("(min-width: 64rem)");
const closePanel = () => {
  if (panel && panel.hidePopover && panel.matches(":popover-open")) panel.hidePopover();
};
wide.addEventListener("change", () => {
  if (wide.matches) closePanel();
});

// After submitting the form: close the panel, and move the focus to the results.
let submitted = false;
if (form) {
  form.addEventListener("submit", () => {
    submitted = true;
    closePanel();
  });
}
document.addEventListener("htmx:afterSettle", () => {
  if (!submitted) return;
  submitted = false;
  document.getElementById("treff").focus({ preventScroll: wide.matches });
});

// An expanded list stays expanded when its counts are updated.
const expanded = new Set();
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const list = event.detail.target;
  if (list.querySelector(":scope > li > .more[open]")) expanded.add(list.id);
  else expanded.delete(list.id);
});
document.addEventListener("htmx:oobAfterSwap", (event) => {
  const more = expanded.has(event.detail.target.id) && event.detail.target.querySelector(":scope > li > .more");
  if (more) more.open = true;
});

// During a request the list has aria-busy. A failed request is shown in the page, with a button to try again.
const results = () => document.getElementById("treff");
const isForResults = (event) => event.detail.target && event.detail.target.id === "treff";
const showError = (event) => {
  if (!isForResults(event)) return;
  const old = document.querySelector("[data-unanswered]");
  if (old) old.remove();
  results().prepend(document.getElementById("uten-nett").content.cloneNode(true));
  results().querySelector("[data-unanswered] button").addEventListener("click", () => form.requestSubmit());
};
document.addEventListener("htmx:beforeRequest", (event) => {
  if (isForResults(event)) results().setAttribute("aria-busy", "true");
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (isForResults(event) && results()) results().removeAttribute("aria-busy");
});
for (const name of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(name, showError);
// A newer choice aborts the older request. htmx logs that as two console errors, synchronously, so that muting the console
// meanwhile loses no other message.
document.addEventListener("htmx:beforeRequest", (event) => {
  const { xhr } = event.detail;
  const end = xhr.onabort;
  xhr.onabort = () => {
    const { error } = console;
    console.error = () => {};
    try {
      end();
    } finally {
      console.error = error;
    }
  };
});
document.addEventListener("htmx:beforeSwap", (event) => {
  // Any other page, such as a proxy's error page, must not replace the list.
  if (!isForResults(event) || event.detail.serverResponse.includes('id="treff"')) return;
  event.detail.shouldSwap = false;
  showError(event);
});

// On return from an ad, move the focus to the ad's link, also if the browser has loaded the list again.
const findLink = (uuid) => document.querySelector(`[data-ad="${CSS.escape(uuid)}"] a`);
document.addEventListener("click", (event) => {
  const ad = event.target.closest(".cards [data-ad]");
  if (ad && event.target.closest("a")) history.replaceState({ ...history.state, opened: ad.dataset.ad }, "");
});
window.addEventListener("pageshow", (event) => {
  const [visit] = performance.getEntriesByType("navigation");
  const opened = history.state && history.state.opened;
  const link = opened && (event.persisted || visit?.type === "back_forward") && findLink(opened);
  if (!link) return;
  const fold = link.closest("details");
  if (fold) fold.open = true;
  link.focus({ preventScroll: true });
});

// The back link uses the browser's history, so that the list keeps its scroll position.
const back = document.querySelector("[data-back]");
const depth = history.length;
if (back) {
  back.addEventListener("click", (event) => {
    const plain = !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!plain || depth < 2 || history.length !== depth || document.referrer !== back.href) return;
    event.preventDefault();
    history.back();
  });
}
