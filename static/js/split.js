// Split view: in a wide window an ad opens beside the list. The address is the ad's, so that reloading and sharing give its own
// page, and Back gives the list. Keys: j and k move in the list, Enter opens, s saves, Esc closes. Loaded by app.js.
"use strict";

{
  const HOVER = 80; // ms on a row before its ad is requested
  const MAX_AGE = 30_000; // ms; an ad may end at any time, so that a prefetched one is used soon or not at all
  const MAX_KEPT = 5; // prefetched ads
  const TIMEOUT = 20_000; // ms, as that of the list
  const root = document.documentElement;
  const body = pane.querySelector(".ad-pane-body");
  const keys = document.getElementById("taster");
  const toolbar = keys.parentElement;
  const readAddress = () => location.pathname + location.search;

  let list = readAddress(); // the address of the list in the page
  let listTitle = document.title;
  let shown = null; // the ad in the pane: { uuid, address }
  let latest = 0; // the number of the last thing asked for; the answer to an older one is ignored

  const findLink = (uuid) => document.querySelector(`#treff [data-ad="${CSS.escape(uuid)}"] a`);

  // Requests: null for anything but an ad's page, such as an ad that is gone.
  const requestAd = async (address) => {
    const response = await fetch(address, { headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(TIMEOUT) });
    if (response.status >= 500) throw new Error(`${response.status} for ${address}`);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return response.ok && page.querySelector("main[data-fragment]") ? page : null;
  };

  const requested = new Map(); // address -> { since, page: a promise }
  const prefetch = (address) => {
    const kept = requested.get(address);
    if (kept && performance.now() - kept.since < MAX_AGE) return kept.page;
    const page = requestAd(address);
    page.catch(() => requested.delete(address));
    requested.delete(address);
    requested.set(address, { since: performance.now(), page });
    if (requested.size > MAX_KEPT) requested.delete(requested.keys().next().value);
    return page;
  };

  // The list gets narrower or wider, and its rows higher or lower: this row stays where it is in the window.
  const keepInPlace = (link, change) => {
    const top = link?.getBoundingClientRect().top;
    change();
    if (link) scrollBy(0, link.getBoundingClientRect().top - top);
  };

  const markRow = (uuid) => {
    document.querySelectorAll("#treff [data-ad] a[aria-current]").forEach((link) => link.removeAttribute("aria-current"));
    const link = uuid && findLink(uuid);
    if (link) link.setAttribute("aria-current", "true");
    return link;
  };

  const show = (page, ad) => {
    if (!shown) listTitle = document.title;
    keepInPlace(findLink(ad.uuid), () => {
      body.replaceChildren(...page.querySelector("main").childNodes);
      pane.hidden = false;
      root.dataset.split = "";
      pane.querySelector(".ad-pane-close").after(keys); // the line above the narrow list has no room for them
    });
    shown = ad;
    markRow(ad.uuid);
    document.title = page.title;
    pane.scrollTop = 0;
    const heading = body.querySelector("h1");
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    document.dispatchEvent(new CustomEvent("ad:shown", { detail: ad.uuid }));
  };

  const close = () => {
    latest += 1;
    if (!shown) return;
    const link = findLink(shown.uuid);
    const hadFocus = pane.contains(document.activeElement) || document.activeElement === document.body;
    keepInPlace(link, () => {
      pane.hidden = true;
      delete root.dataset.split;
      toolbar.prepend(keys);
      body.replaceChildren();
    });
    shown = null;
    markRow("");
    if (hadFocus && link) link.focus();
  };

  // The ad becomes a new entry of the history. Each entry has the address of its list, and how many steps back it is. Without
  // "manual" the browser would restore the scroll position of a list of another width. The key of htmx is left out: it would
  // load the page of such an entry.
  const pushEntry = (ad) => {
    const depth = shown ? history.state?.depth + 1 : 1; // NaN after a link within the page: then the list is loaded
    if (!shown) {
      history.replaceState({ opened: history.state?.opened, list }, "");
      history.scrollRestoration = "manual";
    }
    history.pushState({ list, depth, ad: ad.uuid }, "", ad.address);
    history.scrollRestoration = "manual";
  };

  const open = async (ad, row) => {
    const turn = ++latest;
    row.dataset.pending = "";
    let page;
    try {
      page = await prefetch(ad.address);
    } catch {
      if (turn === latest) toasts.show(document.getElementById("uten-annonse"), { act: () => open(ad, row) });
      return;
    } finally {
      delete row.dataset.pending;
    }
    if (turn !== latest) return;
    requested.delete(ad.address);
    if (!page) return location.assign(ad.address);
    toasts.hide();
    pushEntry(ad);
    show(page, ad);
  };

  // Of the history, or again after a return: where the ad cannot be shown here, its own page is.
  const reopen = async (ad) => {
    const turn = ++latest;
    const page = await requestAd(ad.address).catch(() => null);
    if (turn !== latest) return;
    if (page) show(page, ad);
    else location.reload();
  };

  const goToList = () => {
    const depth = history.state?.depth;
    if (depth) history.go(-depth);
    else location.assign(list);
  };

  document.addEventListener("click", (event) => {
    const plain = !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    const link = event.target.closest("#treff [data-ad] a, #annonse [data-ad] a");
    if (!link || !plain || event.defaultPrevented || !splits.matches) return;
    event.preventDefault();
    const row = link.closest("[data-ad]");
    const ad = { uuid: row.dataset.ad, address: link.pathname };
    if (ad.address === shown?.address) body.querySelector("h1").focus();
    else open(ad, row);
  });
  pane.querySelector(".ad-pane-close").addEventListener("click", goToList);

  // Back and forward: whether this entry of the history is shown without loading a page.
  showEntry = ({ list: from, ad }) => {
    if (from !== list || (ad && !splits.matches)) return false;
    if (!ad) {
      close();
      document.title = listTitle;
      history.scrollRestoration = "auto";
    } else if (location.pathname !== shown?.address) reopen({ uuid: ad, address: location.pathname });
    return true;
  };

  // A page that comes back as it was left may show an ad that has ended.
  addEventListener("pageshow", (event) => event.persisted && shown && reopen(shown));

  // Another list: its address replaces the ad's.
  document.addEventListener("htmx:afterSwap", (event) => isForResults(event) && close());
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!isForResults(event)) return;
    list = readAddress();
    history.scrollRestoration = "auto";
  });

  // An ad that is pointed at, or has the focus, for a moment is requested before it is opened.
  let touched = null;
  let timer = 0;
  const prefetchSoon = ({ target }) => {
    const row = target.closest("#treff [data-ad], #annonse [data-ad]");
    if (row === touched) return;
    touched = row;
    clearTimeout(timer);
    if (!row || !splits.matches || navigator.connection?.saveData) return;
    const address = row.querySelector("a").pathname;
    if (address !== shown?.address) timer = setTimeout(() => prefetch(address), HOVER);
  };
  document.addEventListener("pointerover", prefetchSoon);
  document.addEventListener("focusin", prefetchSoon);

  // Keys. Those of one letter can be turned off (WCAG 2.1.4): speech input and slips of the finger trigger them.
  const setting = keys.querySelector("input");
  try {
    setting.checked = localStorage.getItem("keys") !== "off";
    setting.addEventListener("change", () =>
      setting.checked ? localStorage.removeItem("keys") : localStorage.setItem("keys", "off"),
    );
  } catch {
    // No storage: the keys work.
  }
  keys.hidden = false;

  const move = (step) => {
    const rows = [...document.querySelectorAll("#treff .cards > li")];
    const focused = rows.findIndex((row) => row.contains(document.activeElement));
    const at = focused >= 0 ? focused : rows.findIndex((row) => row.querySelector("[aria-current]"));
    rows[at + step]?.querySelector("a").focus();
  };
  // Like a menu, the list of keys closes when something else is used.
  const closeKeys = ({ target }) => keys.contains(target) || (keys.open = false);
  document.addEventListener("pointerdown", closeKeys);
  document.addEventListener("focusin", closeKeys);

  const letters = {
    j: () => move(1),
    k: () => move(-1),
    s: () => pane.querySelector("[data-save]")?.click(),
  };
  document.addEventListener("keydown", (event) => {
    if (!splits.matches || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input, select, textarea, [contenteditable], .toasts")) return;
    if (event.key === "Escape" && keys.open) keys.open = false;
    else if (event.key === "Escape" && shown) goToList();
    else if (setting.checked && Object.hasOwn(letters, event.key)) letters[event.key]();
  });
}
