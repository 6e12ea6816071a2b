// Recent searches: stored in this browser only (localStorage), never sent. `suggest.js` shows them below the empty search field.
"use strict";

const recentSearches = (() => {
  const KEY = "searches";
  const MAX_SEARCHES = 10;
  const MAX_LENGTH = 2000; // characters of an address
  const UNIMPORTANT = ["page", "since", "size", "sort"]; // not a part of what was searched for
  const PERSONAL = /@|(\d[ .-]?){11}/;

  const isSearch = (one) =>
    one &&
    typeof one.text === "string" &&
    typeof one.params === "string" &&
    one.text.trim() &&
    one.text.length + one.params.length < MAX_LENGTH &&
    !PERSONAL.test(one.text);

  // The latest first. Without storage, or with an invalid value in it, there are none.
  const read = () => {
    try {
      const stored = JSON.parse(localStorage.getItem(KEY));
      return Array.isArray(stored) ? stored.filter(isSearch).slice(0, MAX_SEARCHES) : [];
    } catch {
      return [];
    }
  };

  const write = (searches) => {
    try {
      if (searches.length) localStorage.setItem(KEY, JSON.stringify(searches.slice(0, MAX_SEARCHES)));
      else localStorage.removeItem(KEY);
    } catch {
      // Storage is full or disabled: nothing is remembered.
    }
  };

  const remove = (params) => write(read().filter((one) => one.params !== params));

  // A filter that is added or removed changes the latest search instead of making a new one.
  const isVariant = (one, other) => {
    const [smaller, larger] = [one, other].map((search) => [...new URLSearchParams(search.params)].map(String));
    if (smaller.length > larger.length) return isVariant(other, one);
    const words = [one, other].map((search) => (new URLSearchParams(search.params).get("q") || "").toLowerCase());
    return words[0] === words[1] && smaller.every((pair) => pair.startsWith("q,") || larger.includes(pair));
  };

  const add = (search) => {
    if (!isSearch(search)) return;
    const others = read().filter((one) => one.params !== search.params);
    if (others.length && isVariant(others[0], search)) others.shift();
    write([search, ...others]);
  };

  // The results describe the search that the server carried out: a page without them, such as one that refuses an e-mail
  // address, has no description.
  const store = () => {
    const results = document.querySelector("#treff[data-search]");
    if (!results) return;
    const params = new URLSearchParams(location.search);
    UNIMPORTANT.forEach((name) => params.delete(name));
    if (String(params)) add({ text: results.dataset.search, params: String(params) });
  };

  store();
  document.addEventListener("htmx:afterSettle", store);
  return { read, remove, clear: () => write([]) };
})();
