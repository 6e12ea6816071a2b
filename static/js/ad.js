// Copy and share buttons of an ad. Without this script or browser support, only the e-mail link is shown.
"use strict";

{
  const prepareButtons = () => {
    const announcement = document.getElementById("delt");
    const copy = document.getElementById("kopier");
    const share = document.getElementById("del");

    if (copy && navigator.clipboard) {
      copy.hidden = false;
      copy.addEventListener("click", async () => {
        announcement.textContent = ""; // screen readers announce a text again only after a change
        try {
          await navigator.clipboard.writeText(copy.dataset.url);
          announcement.textContent = copy.dataset.done;
        } catch {
          announcement.textContent = `${copy.dataset.failed}: ${copy.dataset.url}`;
        }
      });
    }

    if (share && navigator.share) {
      share.hidden = false;
      share.addEventListener("click", async () => {
        try {
          await navigator.share({ title: share.dataset.title, url: share.dataset.url });
        } catch (error) {
          if (error.name !== "AbortError") throw error; // closing the share dialogue is not an error
        }
      });
    }
  };

  prepareButtons();
  document.addEventListener("ad:shown", prepareButtons); // in the split view
}
