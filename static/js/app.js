// Small comforts. Every page works without them.
"use strict";

// A filter panel left open while the window grows into two columns would stay in the top layer, over the page.
const panel = document.getElementById("filtre");
const wide = window.matchMedia("(min-width: 64rem)");
if (panel && panel.hidePopover) {
  wide.addEventListener("change", () => {
    if (wide.matches && panel.matches(":popover-open")) panel.hidePopover();
  });
}

// Order is a choice with one obvious meaning; no button press needed after it.
const sort = document.getElementById("sort");
if (sort && sort.form) sort.addEventListener("change", () => sort.form.requestSubmit());
