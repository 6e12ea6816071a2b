// Bookmarked ads without an account: stored in this browser only. Buttons with `data-save` add and remove an ad on every page; the
// page of bookmarks lists them (bookmark_list.js). With an account see account.js.
"use strict";

const bookmarks = (() => {
  const KEY = "bookmarks";
  const MAX_ADS = 200;

  // Ids, the latest first.
  const read = () => [...new Set(browserStore.readList(KEY, browserStore.isUuid))].slice(0, MAX_ADS);

  const update = () => {
    const ads = read();
    const known = new Set(ads);
    for (const button of document.querySelectorAll("[data-save]")) {
      button.setAttribute("aria-pressed", String(known.has(button.dataset.save)));
    }
    for (const count of document.querySelectorAll("[data-bookmarks]")) {
      count.textContent = ads.length || "";
      count.hidden = !ads.length;
    }
  };

  const change = (ads) => {
    const done = browserStore.write(KEY, ads);
    update();
    return done;
  };

  const showToast = (id, act) => toasts.show(document.getElementById(id), { act, seconds: 8 });

  const toggle = (ad) => {
    const before = read();
    if (before.includes(ad)) {
      change(before.filter((one) => one !== ad));
      showToast("bokmerke-fjernet", () => change(before));
    } else if (before.length >= MAX_ADS || !change([ad, ...before])) {
      showToast("bokmerke-fullt", () => location.assign(document.querySelector("[data-bookmarks-page]").href));
    }
  };

  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-save]");
    if (button) toggle(button.dataset.save);
  });

  update();
  document.addEventListener("htmx:afterSwap", update);
  document.addEventListener("ad:shown", update); // in the split view
  document.addEventListener("ads:listed", update);
  window.addEventListener("pageshow", update); // back, without a new page
  window.addEventListener("storage", update); // a change in another tab
  return { read, change };
})();
