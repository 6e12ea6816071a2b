// Enhancements of all pages; every page works without them.
"use strict";

const panel = document.getElementById("filtre");
const form = document.getElementById("sok");

// Closes filter panel and menu when the window becomes wide: an open popover would cover the page.
const wide = window.matchMedia("(min-width: 64rem)");
const close = (popover) => {
  if (popover && popover.hidePopover && popover.matches(":popover-open")) popover.hidePopover();
};
const closePanel = () => close(panel);
wide.addEventListener("change", () => {
  if (!wide.matches) return;
  closePanel();
  close(document.getElementById("meny"));
});

// After submitting the form: close the panel, and move the focus to the results.
let submitted = false;
if (form) {
  form.addEventListener("submit", () => {
    submitted = true;
    closePanel();
    // Place, suggestions and the keyboard of a phone cover the list.
    if (window.matchMedia("(max-width: 47.99rem)").matches && form.contains(document.activeElement)) document.activeElement.blur();
  });
}
document.addEventListener("htmx:afterSettle", () => {
  if (!submitted) return;
  submitted = false;
  document.getElementById("treff").focus({ preventScroll: true });
  window.scrollTo(0, 0); // the search is in the header, so it may have been sent from the end of a long list
});

// On a phone a part of the form is hidden without the focus, and a hidden field cannot get it back after an answer.
if (form) {
  document.addEventListener("htmx:beforeSwap", () => form.toggleAttribute("data-held", form.contains(document.activeElement)));
  document.addEventListener("htmx:afterSwap", () => form.removeAttribute("data-held"));
}

// The script of places is loaded when the form is used, or where the front page shows what is near.
const note = document.getElementById("near-note");
const loadPlaces = () => {
  if (!note?.dataset.script) return;
  document.head.append(Object.assign(document.createElement("script"), { src: note.dataset.script }));
  delete note.dataset.script;
};
const loadPlacesOnFrontPage = () => document.getElementById("naer-deg") && loadPlaces();
if (form) form.addEventListener("focusin", loadPlaces);
document.addEventListener("htmx:afterSettle", loadPlacesOnFrontPage);
loadPlacesOnFrontPage();

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

// During a request the list has aria-busy, and the touched row a ring. After a failed one the controls return to what the list is
// for, and a toast offers to try again.
const results = () => document.getElementById("treff");
const isForResults = (event) => event.detail.target && event.detail.target.id === "treff";
const choices = "select, [type=checkbox], [type=radio]";
const readControls = () => [...form.elements].filter((one) => one.matches(choices)).map((one) => [one, one.checked, one.value]);
const setControls = (states) => states.forEach(([control, checked, value]) => Object.assign(control, { checked, value }));
let answered = form ? readControls() : [];
let touched = null;
document.addEventListener("change", ({ target }) => (touched = target.closest(".option, .sort")), true);
const clearPending = () => document.querySelectorAll("[data-pending]").forEach((row) => delete row.dataset.pending);
const showError = (event) => {
  if (!isForResults(event)) return;
  clearPending();
  const wanted = readControls();
  setControls(answered);
  const tryAgain = () => {
    setControls(wanted);
    form.requestSubmit();
  };
  toasts.show(document.getElementById("uten-nett"), { act: tryAgain });
};
document.addEventListener("htmx:beforeRequest", (event) => {
  if (!isForResults(event)) return;
  toasts.hide();
  results().setAttribute("aria-busy", "true");
  if (touched) touched.dataset.pending = "";
  touched = null;
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (isForResults(event) && results()) results().removeAttribute("aria-busy");
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (isForResults(event)) results().dataset.new = ""; // fades in
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (!isForResults(event)) return;
  clearPending();
  // Words that became filters leave the field, unless something else has been typed since.
  const { q } = form.elements;
  if (q.value === event.detail.requestConfig.parameters.q) q.value = results().dataset.q;
  answered = readControls();
});
for (const name of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(name, showError);
// A newer choice aborts the older request, which htmx logs as two errors, synchronously: muting them loses no other message.
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

// The split view needs a wide window: its scripts are loaded in one, once.
const pane = document.getElementById("annonse");
const splits = window.matchMedia("(min-width: 90rem)");
const loadSplitView = () => {
  if (!splits.matches || !pane.dataset.scripts) return;
  for (const src of pane.dataset.scripts.split(" ")) {
    document.head.append(Object.assign(document.createElement("script"), { src, async: false })); // in this order
  }
  delete pane.dataset.scripts;
};
// Back and forward to an entry of the split view, which shows it; in a page that was loaded meanwhile, the page is loaded again.
let showEntry = () => false;
window.addEventListener("popstate", ({ state }) => state?.list && !showEntry(state) && location.reload());
if (pane) {
  splits.addEventListener("change", loadSplitView);
  loadSplitView();
}

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
