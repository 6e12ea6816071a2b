// Bookmarks and recent searches of a visitor with an account: the server stores them. What this browser has kept before login moves
// there, once. Loaded instead of bookmarks.js.
"use strict";

const account = {
  form: () => document.getElementById("bokmerke"), // an answer of htmx replaces it

  // The answer as an object. Throws where the server has not done it: a login page is no answer.
  async send(address, pairs) {
    const body = new URLSearchParams([...pairs, ["csrfmiddlewaretoken", this.form().elements.csrfmiddlewaretoken.value]]);
    // `keepalive`: sent also when the visitor leaves the page at once. Browsers allow that for 64 kB; a merge can be longer.
    return this.read(address, { method: "POST", body, keepalive: body.toString().length < 60_000 });
  },
  async read(address, options) {
    const response = await fetch(address, { headers: { Accept: "application/json" }, ...options });
    if (response.ok && !response.redirected) return response.json();
    throw Object.assign(new Error(`${response.status} for ${address}`), { status: response.status });
  },
};

// Recent searches: fetched when the field is first used.
const accountSearches = (() => {
  const address = account.form().dataset.searches;
  let searches = null;

  const keep = (answer) => (searches = answer.searches);
  const fetchAll = async () => {
    const field = document.getElementById("q");
    keep(await account.read(address));
    if (document.activeElement === field) field.dispatchEvent(new Event("click")); // suggest.js shows them
  };
  const change = (name, value) => account.send(address, [[name, value]]).then(keep, () => {});

  return {
    add: (params) => change("search", params),
    read() {
      if (!searches) {
        searches = [];
        fetchAll().catch(() => (searches = null));
      }
      return searches;
    },
    remove(params) {
      searches = searches.filter((one) => one.params !== params);
      change("remove", params);
    },
    clear() {
      searches = [];
      change("remove", "");
    },
  };
})();

// A hidden ad takes the focus with it: the row that has come in its place gets it.
{
  const listRows = () => [...document.querySelectorAll("#treff [data-ad]")];
  const isHiding = ({ detail }) => detail.requestConfig?.elt.id === "skjul";
  let place = 0;
  // htmx sends the button that was pressed only where it has seen the button: not yet in an ad beside the list.
  document.addEventListener("ad:shown", () => htmx.process(document.getElementById("annonse")));
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isHiding(event)) place = Math.max(0, listRows().indexOf(document.activeElement.closest("[data-ad]")));
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!isHiding(event)) return;
    const row = listRows()[place] || listRows().at(-1);
    (row?.querySelector("a") || document.getElementById("treff")).focus({ preventScroll: true });
  });
}

{
  const KEY = "bookmarks";
  const MAX_ADS = 200;
  const FULL = "bookmarks-full"; // in this tab: the account has no room for what the browser keeps
  const CHANGED = "bookmarks-changed"; // in this tab: ad -> whether it is saved now

  const showToast = (id, act) => toasts.show(document.getElementById(id), { act, seconds: 8 });
  const openPage = () => location.assign(document.querySelector("[data-bookmarks-page]").href);

  const setCount = (number) => {
    for (const count of document.querySelectorAll("[data-bookmarks]")) {
      count.textContent = number || "";
      count.hidden = !number;
    }
  };

  const readChanged = () => JSON.parse(sessionStorage.getItem(CHANGED) || "{}");
  // Back to a page that the browser has kept as it was: an ad may have been saved on another page since.
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) Object.entries(readChanged()).forEach(([ad, saved]) => setPressed(ad, saved));
  });

  const setPressed = (ad, saved) => {
    for (const button of document.querySelectorAll(`[data-save="${CSS.escape(ad)}"]`)) {
      button.setAttribute("aria-pressed", String(saved));
      button.name = saved ? "remove" : "save"; // what the form does without this script
    }
  };

  const change = async (ad, saved) => {
    setPressed(ad, saved); // at once; a refusal takes it back
    try {
      const { number } = await account.send(account.form().action, [[saved ? "save" : "remove", ad]]);
      setCount(number);
      sessionStorage.setItem(CHANGED, JSON.stringify({ ...readChanged(), [ad]: saved }));
      if (!saved) showToast("bokmerke-fjernet", () => change(ad, true));
    } catch (error) {
      setPressed(ad, !saved);
      if (error.status === 409) showToast("bokmerke-fullt", openPage);
      else showToast("bokmerke-feil", () => change(ad, saved));
    }
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-save]");
    if (!button) return;
    event.preventDefault();
    change(button.dataset.save, button.getAttribute("aria-pressed") !== "true");
  });

  // The browser forgets what the account has, and only that: what was kept meanwhile in a page from before the login stays.
  const read = () => [...new Set(browserStore.readList(KEY, browserStore.isUuid))].slice(0, MAX_ADS);
  const moveToAccount = async () => {
    const ads = read();
    const searches = recentSearches.inBrowser.read();
    if (!(ads.length || searches.length) || sessionStorage.getItem(FULL)) return;
    const pairs = [["ads", ads.join(" ")], ...searches.map(({ params }) => ["search", params])];
    const { moved, number } = await account.send(account.form().dataset.merge, pairs);
    const left = read().filter((ad) => !moved.includes(ad));
    browserStore.write(KEY, left);
    if (searches.length) recentSearches.inBrowser.clear();
    if (left.length) {
      sessionStorage.setItem(FULL, "1");
      showToast("bokmerke-fullt", openPage);
    }
    for (const ad of moved) setPressed(ad, true);
    setCount(number);
    if (moved.length && document.querySelector("[data-board]")) location.reload();
  };
  // Once the other scripts are loaded. Without an answer nothing is lost: the next page tries again.
  addEventListener("load", () => moveToAccount().catch(() => {}));
}

// The mark beside "Varsler", and in the tab's icon: some saved searches have new ads. A page that is not shown does not request it.
{
  const marks = [...document.querySelectorAll(".news-mark")];
  const icon = document.querySelector("link[rel=icon]");
  const plain = icon.href;

  const showNews = ({ searches, text }) => {
    for (const mark of marks) {
      mark.hidden = !searches;
      mark.firstElementChild.textContent = searches ? ` (${text})` : "";
    }
    icon.href = searches ? icon.dataset.news : plain;
  };
  const ask = () => account.read(marks[0].dataset.news).then(showNews, () => {}); // without an answer the page stays as it is
  const askWhenShown = () => {
    if (document.visibilityState === "visible") ask();
    else document.addEventListener("visibilitychange", askWhenShown, { once: true });
  };
  addEventListener("load", () => setTimeout(askWhenShown, 200)); // after what the page itself needs
  addEventListener("pageshow", ({ persisted }) => persisted && ask()); // back, perhaps from a search that has been opened
}
