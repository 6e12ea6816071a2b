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

// While the answer is awaited the list says so. An answer that never comes is said in the page, with a way to ask again.
const results = () => document.getElementById("treff");
const isForResults = (event) => event.detail.target && event.detail.target.id === "treff";
const unanswered = (event) => {
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
for (const name of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(name, unanswered);
// A newer choice aborts the request of an older one. That is no error, but htmx logs it as two; it does so synchronously, so
// no other message is lost.
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
  // A proxy's own error page, say, must not take the place of the list.
  if (!isForResults(event) || event.detail.serverResponse.includes('id="treff"')) return;
  event.detail.shouldSwap = false;
  unanswered(event);
});

// Back from an ad, the reading place is the ad's link, also where the browser has loaded the list anew.
const linkOf = (uuid) => document.querySelector(`[data-ad="${CSS.escape(uuid)}"] a`);
document.addEventListener("click", (event) => {
  const ad = event.target.closest(".cards [data-ad]");
  if (ad && event.target.closest("a")) history.replaceState({ ...history.state, opened: ad.dataset.ad }, "");
});
window.addEventListener("pageshow", (event) => {
  const [visit] = performance.getEntriesByType("navigation");
  const opened = history.state && history.state.opened;
  const link = opened && (event.persisted || visit?.type === "back_forward") && linkOf(opened);
  if (!link) return;
  const fold = link.closest("details");
  if (fold) fold.open = true;
  link.focus({ preventScroll: true });
});

// The link back to the results goes the way the visitor came, so that the list stands where it was left.
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
