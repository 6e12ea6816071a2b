// Sharing an ad. Without this script, or in a browser that cannot do it, the link for e-mail is there alone.
"use strict";

const said = document.getElementById("delt");
const copy = document.getElementById("kopier");
const share = document.getElementById("del");

if (copy && navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    said.textContent = ""; // the same words said twice are heard once
    try {
      await navigator.clipboard.writeText(copy.dataset.url);
      said.textContent = copy.dataset.done;
    } catch {
      said.textContent = `${copy.dataset.failed}: ${copy.dataset.url}`;
    }
  });
}

if (share && navigator.share) {
  share.hidden = false;
  share.addEventListener("click", async () => {
    try {
      await navigator.share({ title: share.dataset.title, url: share.dataset.url });
    } catch (error) {
      if (error.name !== "AbortError") throw error; // to close the dialogue again is no failure
    }
  });
}
