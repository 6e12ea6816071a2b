// Marks of opened ads: stored in this browser only (localStorage), and shown as a word on each card.
"use strict";

{
  const KEY = "seen";
  const MAX_ADS = 1000;
  const DAYS = 180;
  const today = () => Math.floor(Date.now() / 86400000);

  // uuid -> day, the latest last. Without storage, or with an invalid value in it, no ad has been opened.
  const read = () => {
    const kept = Object.entries(browserStore.read(KEY) || {});
    return new Map(kept.filter(([uuid, day]) => browserStore.isUuid(uuid) && day > today() - DAYS && day <= today() + 1));
  };

  const storeOpened = (uuid) => {
    const seen = read();
    seen.delete(uuid);
    seen.set(uuid, today());
    browserStore.write(KEY, Object.fromEntries([...seen].slice(-MAX_ADS))); // else the ad is shown without the mark
  };

  const updateMarks = () => {
    const seen = read();
    for (const ad of document.querySelectorAll("[data-ad]")) ad.toggleAttribute("data-seen", seen.has(ad.dataset.ad));
  };

  const here = document.querySelector("[data-back][data-opened]");
  if (here) storeOpened(here.dataset.opened);
  updateMarks();
  document.addEventListener("ad:shown", ({ detail: uuid }) => {
    storeOpened(uuid);
    updateMarks();
  });
  document.addEventListener("htmx:afterSwap", updateMarks);
  document.addEventListener("ads:listed", updateMarks);
  window.addEventListener("pageshow", updateMarks); // back from an ad, without a new page
  window.addEventListener("storage", updateMarks); // an ad opened in another tab

  const forget = document.querySelector("[data-forget-seen]");
  if (forget) {
    forget.addEventListener("click", () => {
      browserStore.write(KEY, {});
      const announcement = document.querySelector("[data-forgotten]");
      announcement.textContent = announcement.dataset.forgotten;
    });
  }
}
