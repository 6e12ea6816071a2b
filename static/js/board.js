// Board of bookmarks: an ad is dragged to another state. Without this script, or with a keyboard or a finger, its list moves it.
"use strict";

{
  const board = document.querySelector(".board");
  const announcement = document.getElementById("tavle-n");
  let dragged = null;

  const changeCount = (column, by) => {
    const count = column.querySelector("[data-count]");
    const number = Number(count.textContent.replace(/\D/g, "")) + by;
    count.textContent = number.toLocaleString(document.documentElement.lang);
  };

  const place = (entry, column, before = column.querySelector(".board-list").firstElementChild) => {
    const from = entry.closest(".board-column");
    changeCount(from, -1);
    column.querySelector(".board-list").insertBefore(entry, before);
    changeCount(column, 1);
    entry.querySelector("select").value = column.dataset.state;
  };

  const move = async (entry, column) => {
    const from = entry.closest(".board-column");
    const next = entry.nextElementSibling;
    place(entry, column);
    try {
      // Not `form.action`, which is the buttons of that name.
      const pairs = [["ad", entry.dataset.bookmark], ["action", "move"], ["state", column.dataset.state]];
      await account.send(entry.querySelector("form").getAttribute("action"), pairs);
      const name = column.querySelector("h2").firstChild.textContent.trim();
      announcement.textContent = announcement.dataset.moved.replace("{}", () => name);
    } catch {
      place(entry, from, next);
      announcement.textContent = announcement.dataset.failed;
      announcement.classList.replace("vh", "message");
    }
  };

  if (board && !board.matches(".one")) {
    for (const entry of board.querySelectorAll(".board-entry")) entry.draggable = true;
    // In Firefox the cursor cannot be placed in a text field of an element that is dragged.
    for (const type of ["focusin", "focusout"]) {
      board.addEventListener(type, ({ target }) => {
        if (target.matches("textarea")) target.closest(".board-entry").draggable = type === "focusout";
      });
    }
    board.addEventListener("dragstart", (event) => {
      dragged = event.target.closest?.(".board-entry");
      if (!dragged) return;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", dragged.dataset.bookmark);
    });
    board.addEventListener("dragover", (event) => {
      const column = event.target.closest(".board-column");
      if (!dragged || !column) return;
      event.preventDefault();
      for (const one of board.querySelectorAll("[data-over]")) delete one.dataset.over;
      column.dataset.over = "";
    });
    board.addEventListener("drop", (event) => {
      const column = event.target.closest(".board-column");
      if (!dragged || !column) return;
      event.preventDefault();
      if (column !== dragged.closest(".board-column")) move(dragged, column);
    });
    board.addEventListener("dragend", () => {
      dragged = null;
      for (const one of board.querySelectorAll("[data-over]")) delete one.dataset.over;
    });
  }
}
