// Buttons that copy a text of the page: `data-copy` is the id of its element. Hidden where the browser cannot copy.
(() => {
  "use strict";
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("button[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      document.getElementById(`${button.dataset.copy}-status`).textContent = button.dataset.copied;
    });
  }
})();
