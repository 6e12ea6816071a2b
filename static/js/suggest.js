// The search field as a combobox: suggestions while typing (a listbox that the server renders), and recent searches below the
// empty field (a grid: each row has a search and a button to remove it). Without this script the field is an ordinary field.
"use strict";

(() => {
  const input = document.getElementById("q");
  const list = document.getElementById("forslag");
  const recent = document.getElementById("siste");
  const announcement = document.getElementById("forslag-n");
  if (!input || !list || !recent || !input.form) return;

  const PAUSE = 150; // milliseconds; a key after a pause is answered at once, of keys typed faster only the last
  const MIN_LETTERS = 2;
  const PERSONAL = /@|(\d[ .-]?){6}/; // e-mail addresses and national identity numbers are not sent

  const grid = recent.querySelector("[role=grid]");
  const row = recent.querySelector("template").content.firstElementChild;
  let timer = 0;
  let typedAt = -Infinity;
  let pending = null;
  let open = null; // the element that is shown: `list`, `recent` or null
  let active = null; // the option, or the cell of the grid

  // Rows of cells, of which one at a time is active. An option is a row with one cell.
  const findRows = () => {
    if (open === list) return [...list.querySelectorAll("[role=option]")].map((option) => [option]);
    return [...grid.querySelectorAll("[role=row]")].map((one) => [...one.querySelectorAll("[role=gridcell]")]);
  };

  const activate = (cell) => {
    if (active) active.setAttribute("aria-selected", "false");
    active = cell;
    if (!cell) return input.removeAttribute("aria-activedescendant");
    cell.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", cell.id);
    cell.scrollIntoView({ block: "nearest" });
  };

  const show = (box) => {
    activate(null);
    open = box;
    list.hidden = box !== list;
    recent.hidden = box !== recent;
    input.setAttribute("aria-expanded", String(Boolean(box)));
    input.setAttribute("aria-haspopup", box === recent ? "grid" : "listbox");
    input.setAttribute("aria-controls", box === recent ? grid.id : list.id);
  };

  const forgetRequest = () => {
    clearTimeout(timer);
    if (pending) pending.abort();
    pending = null;
  };

  const close = () => {
    forgetRequest();
    list.replaceChildren();
    show(null);
    announcement.textContent = "";
  };

  // --- Suggestions

  const showSuggestions = (found) => {
    if (!found.length) return close();
    list.replaceChildren(...found);
    show(list);
    announcement.textContent = list.firstElementChild.dataset.status;
  };

  const request = async () => {
    const mine = (pending = new AbortController());
    try {
      const params = new URLSearchParams(new FormData(input.form));
      const response = await fetch(`${list.dataset.url}?${params}`, { signal: mine.signal, headers: { Accept: "text/html" } });
      const html = response.status === 200 ? await response.text() : "";
      if (mine === pending) showSuggestions([...new DOMParser().parseFromString(html, "text/html").body.children]);
    } catch (error) {
      if (error.name !== "AbortError" && mine === pending) close(); // the search itself shows errors
    }
  };

  // --- Recent searches

  const showRecent = () => {
    forgetRequest();
    const searches = recentSearches.read();
    if (!searches.length) return close();
    const rows = searches.map(({ text, params }, number) => {
      const one = row.cloneNode(true);
      one.dataset.params = params;
      one.querySelectorAll("[role=gridcell]").forEach((cell, column) => (cell.id = `siste-${number}-${column}`));
      const [link, button] = one.querySelectorAll("a, button");
      link.href = `${input.form.action.split("?")[0]}?${params}`;
      link.textContent = text;
      button.setAttribute("aria-label", button.getAttribute("aria-label").replace("{}", () => text));
      return one;
    });
    grid.querySelectorAll("[data-params]").forEach((one) => one.remove());
    grid.prepend(...rows);
    if (open !== recent) announcement.textContent = recent.dataset.shown;
    list.replaceChildren();
    show(recent);
  };

  const remove = (removed) => {
    const rows = findRows();
    const number = rows.findIndex((cells) => removed.contains(cells[0]));
    const column = active ? rows[number].indexOf(active) : -1;
    recentSearches.remove(removed.dataset.params);
    showRecent();
    if (open) activate(findRows()[Math.min(number, findRows().length - 2)][column] || null);
    announcement.textContent = recent.dataset.removed;
  };

  const clear = () => {
    recentSearches.clear();
    close();
    announcement.textContent = recent.dataset.cleared;
  };

  recent.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const removed = button.closest("[data-params]");
    if (removed) remove(removed);
    else clear();
    input.focus();
  });

  // --- The field

  const isEmpty = () => !input.value.trim();

  const update = (pause) => {
    forgetRequest();
    if (isEmpty()) return showRecent();
    if (input.value.trim().length < MIN_LETTERS || PERSONAL.test(input.value)) return close();
    if (pause) timer = setTimeout(request, pause);
    else request();
  };

  const moveRow = (by) => {
    const rows = findRows();
    const stops = [null, ...rows];
    const column = active ? rows.find((cells) => cells.includes(active)).indexOf(active) : 0;
    const next = stops[(stops.findIndex((cells) => (cells ? cells.includes(active) : !active)) + by + stops.length) % stops.length];
    activate(next && (next[column] || next[0]));
  };

  const moveCell = (by) => {
    if (!active) return false; // moves the cursor in the field
    const cells = findRows().find((one) => one.includes(active));
    const next = cells[cells.indexOf(active) + by];
    if (open === recent && next) return activate(next);
    if (open === recent) return;
    activate(null);
    return false;
  };

  const leaveList = () => {
    activate(null);
    return false;
  };

  // A key's default action is prevented, unless its function returns false.
  const keys = {
    ArrowDown: () => (open ? moveRow(1) : update(0)),
    ArrowUp: () => (open ? moveRow(-1) : update(0)),
    ArrowLeft: () => moveCell(-1),
    ArrowRight: () => moveCell(1),
    Home: leaveList,
    End: leaveList,
    Enter: () => {
      if (!active) return false; // the form's own search
      (active.querySelector("a, button") || active).click();
    },
    Delete: () => {
      const removed = open === recent && active && active.closest("[data-params]");
      if (!removed) return false;
      remove(removed);
    },
    Escape: () => {
      if (open) return close();
      close();
      input.value = "";
    },
    Tab: () => {
      close();
      return false;
    },
  };

  input.addEventListener("keydown", (event) => {
    const act = keys[event.key];
    if (!act || event.isComposing || event.ctrlKey || event.metaKey) return;
    if (act() !== false) event.preventDefault();
  });
  input.addEventListener("input", (event) => {
    const isFirst = event.timeStamp - typedAt > PAUSE;
    typedAt = event.timeStamp;
    activate(null); // Enter searches for the changed text
    update(isFirst ? 0 : PAUSE);
  });
  for (const name of ["focus", "click"]) input.addEventListener(name, () => isEmpty() && !open && showRecent());
  input.form.addEventListener("submit", close);
  // A press on a suggestion keeps the focus in the field. Losing the focus does not close the list: screen readers move it.
  for (const box of [list, recent]) box.addEventListener("mousedown", (event) => event.preventDefault());
  document.addEventListener("pointerdown", (event) => {
    if (open && !open.contains(event.target) && event.target !== input) close();
  });
  // A page from the back/forward cache shows no old suggestions.
  window.addEventListener("pagehide", close);

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  show(null);
})();
