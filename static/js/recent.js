// Recent searches, which `suggest.js` shows below the empty search field: stored in this browser only and never sent, unless the
// visitor has an account (account.js), which keeps them instead.
"use strict";

const recentSearches = (() => {
  const inAccount = typeof accountSearches === "undefined" ? null : accountSearches;
  const KEY = "searches";
  const MAX_SEARCHES = 10;
  const MAX_LENGTH = 2000; // characters of an address
  const UNIMPORTANT = ["page", "saved", "since", "size", "sort"]; // not a part of what was searched for
  const PERSONAL = /@|(\d[ .-]?){11}/;

  const isSearch = (one) =>
    one &&
    typeof one.text === "string" &&
    typeof one.params === "string" &&
    one.text.trim() &&
    one.text.length + one.params.length < MAX_LENGTH &&
    !PERSONAL.test(one.text);

  // The latest first.
  const read = () => browserStore.readList(KEY, isSearch).slice(0, MAX_SEARCHES);
  const write = (searches) => browserStore.write(KEY, searches.slice(0, MAX_SEARCHES));
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
    if (inAccount) return inAccount.add(search.params);
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
  const inBrowser = { read, remove, clear: () => write([]) };
  return { ...inBrowser, ...inAccount, inBrowser };
})();
