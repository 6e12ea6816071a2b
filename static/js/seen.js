// Which ads this person has opened: known to this browser alone, and said by a word on each card.
"use strict";

{
  const KEY = "seen";
  const MOST = 1000;
  const DAYS = 180;
  const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
  const today = () => Math.floor(Date.now() / 86400000);

  // uuid -> day, the latest last. A browser that keeps nothing, or keeps something else there, has seen nothing.
  const read = () => {
    try {
      const kept = Object.entries(JSON.parse(localStorage.getItem(KEY)) || {});
      return new Map(kept.filter(([uuid, day]) => UUID.test(uuid) && day > today() - DAYS && day <= today() + 1));
    } catch {
      return new Map();
    }
  };

  const opened = (uuid) => {
    const seen = read();
    seen.delete(uuid);
    seen.set(uuid, today());
    try {
      localStorage.setItem(KEY, JSON.stringify(Object.fromEntries([...seen].slice(-MOST))));
    } catch {
      // Storage is full or switched off: the mark is a comfort, the ad is not.
    }
  };

  const paint = () => {
    const seen = read();
    for (const ad of document.querySelectorAll("[data-ad]")) ad.toggleAttribute("data-seen", seen.has(ad.dataset.ad));
  };

  const here = document.querySelector("[data-opened]");
  if (here) opened(here.dataset.opened);
  paint();
  document.addEventListener("htmx:afterSwap", paint);
  window.addEventListener("pageshow", paint); // back from an ad, without a new page
  window.addEventListener("storage", paint); // an ad opened in another tab

  const forget = document.querySelector("[data-forget-seen]");
  if (forget) {
    forget.addEventListener("click", () => {
      localStorage.removeItem(KEY);
      const said = document.querySelector("[data-forgotten]");
      said.textContent = said.dataset.forgotten;
    });
  }
}
