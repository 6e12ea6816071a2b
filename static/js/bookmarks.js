// Bookmarked ads: stored in this browser only (localStorage). Buttons with `data-save` add and remove an ad on every page; the
// page of bookmarks sends the stored ids and shows the list that the server renders.
"use strict";

{
  const KEY = "bookmarks";
  const MAX_ADS = 200;
  const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

  // Ids, the latest first. Without storage, or with an invalid value in it, nothing is bookmarked.
  const read = () => {
    try {
      const stored = JSON.parse(localStorage.getItem(KEY));
      return Array.isArray(stored) ? [...new Set(stored.filter((one) => UUID.test(one)))].slice(0, MAX_ADS) : [];
    } catch {
      return [];
    }
  };

  // Whether it was stored: storage may be full or disabled.
  const write = (ads) => {
    try {
      localStorage.setItem(KEY, JSON.stringify(ads));
      return true;
    } catch {
      return false;
    }
  };

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
    const done = write(ads);
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
    const forget = target.closest("[data-forget]");
    if (!forget) return;
    const gone = forget.dataset.forget.split(" ");
    change(read().filter((one) => !gone.includes(one)));
    load();
  });

  // --- The page of bookmarks

  const form = document.getElementById("bokmerker");
  const list = document.getElementById("bokmerkeliste");

  const load = async () => {
    if (!form) return;
    form.elements.ads.value = read().join(" ");
    list.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(form.action, { method: "POST", body: new FormData(form) });
      if (response.status !== 200) throw new Error(response.statusText);
      const html = await response.text();
      list.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
      document.dispatchEvent(new CustomEvent("ads:listed")); // marks of opened ads
      update();
    } catch {
      list.replaceChildren(document.getElementById("bokmerker-feil").content.cloneNode(true));
    } finally {
      list.removeAttribute("aria-busy");
    }
  };

  update();
  load();
  document.addEventListener("htmx:afterSwap", update);
  document.addEventListener("ad:shown", update); // in the split view
  window.addEventListener("pageshow", ({ persisted }) => persisted && (update(), load())); // back, without a new page
  window.addEventListener("storage", update); // a change in another tab
}
