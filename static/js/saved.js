// Saved searches: rows are moved by dragging, and a link is copied. Buttons do both without this script.
"use strict";

(() => {
  const prepareCopying = (button) => {
    if (!navigator.clipboard) return;
    const field = document.getElementById(button.dataset.copy);
    const announcement = document.querySelector("[data-copied]");
    button.hidden = false;
    button.addEventListener("click", async () => {
      announcement.textContent = ""; // screen readers announce a text again only after a change
      try {
        await navigator.clipboard.writeText(field.value);
        announcement.textContent = button.dataset.done;
      } catch {
        field.select(); // to be copied by keyboard
      }
    });
  };
  document.querySelectorAll("[data-copy]").forEach(prepareCopying);

  // A list of choices is closed by pressing beside it, or by Escape.
  const closeChoices = (kept) => {
    for (const open of document.querySelectorAll(".choices[open]")) if (open !== kept) open.open = false;
  };
  document.addEventListener("click", ({ target }) => closeChoices(target.closest(".choices")));
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && document.querySelector(".choices[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });

  // Dragging needs a mouse: a finger that drags scrolls the page.
  const list = document.querySelector("[data-sortable]");
  if (!list || !window.matchMedia("(pointer: fine)").matches || list.children.length < 2) return;
  const form = document.getElementById("rader");
  let dragged = null;
  let places = [];

  const listRows = () => [...list.children];
  const isSamePart = (row) => row.hasAttribute("data-pinned") === dragged.hasAttribute("data-pinned");

  const submitPlace = () => {
    const to = listRows().indexOf(dragged);
    if (to === places.indexOf(dragged)) return;
    form.action = dragged.dataset.move;
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "to", value: to }));
    form.requestSubmit();
  };

  for (const row of listRows()) row.draggable = true;
  list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.(".saved-search");
    if (event.target !== dragged) {
      dragged = null; // a link or selected text is dragged, not the row
      return;
    }
    places = listRows();
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
    dragged.classList.add("dragged");
  });
  list.addEventListener("dragover", (event) => {
    const over = event.target.closest?.(".saved-search");
    if (!dragged) return;
    event.preventDefault();
    if (!over || over === dragged || !isSamePart(over)) return;
    const rows = listRows();
    if (rows.indexOf(over) > rows.indexOf(dragged)) over.after(dragged);
    else over.before(dragged);
  });
  list.addEventListener("drop", (event) => {
    if (dragged) event.preventDefault();
  });
  list.addEventListener("dragend", (event) => {
    if (!dragged) return;
    dragged.classList.remove("dragged");
    if (event.dataTransfer.dropEffect === "none") places.forEach((row) => list.append(row)); // cancelled
    else submitPlace();
    dragged = null;
  });
})();
