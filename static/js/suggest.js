// Suggestions while typing, below the search field (combobox). The server renders them; without this script there are none.
"use strict";

(() => {
  const input = document.getElementById("q");
  const list = document.getElementById("forslag");
  const announcement = document.getElementById("forslag-n");
  if (!input || !list || !input.form) return;

  const PAUSE = 120; // milliseconds without a key before a request
  const PERSONAL = /@|(\d[ .-]?){6}/; // e-mail addresses and national identity numbers are not sent

  let timer = 0;
  let pending = null;
  let active = null;

  const options = () => [...list.querySelectorAll("[role=option]")];
  const isOpen = () => !list.hidden;

  const choose = (option) => {
    if (active) active.setAttribute("aria-selected", "false");
    active = option;
    if (!option) return input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };

  const show = (found) => {
    choose(null);
    list.replaceChildren(...found);
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(isOpen()));
    announcement.textContent = isOpen() ? list.firstElementChild.dataset.status : "";
  };

  // Also aborts a pending request.
  const close = () => {
    clearTimeout(timer);
    if (pending) pending.abort();
    pending = null;
    show([]);
  };

  const request = async () => {
    if (pending) pending.abort();
    const mine = (pending = new AbortController());
    try {
      const params = new URLSearchParams(new FormData(input.form));
      const response = await fetch(`${list.dataset.url}?${params}`, { signal: mine.signal, headers: { Accept: "text/html" } });
      const html = response.status === 200 ? await response.text() : "";
      if (mine !== pending) return;
      show([...new DOMParser().parseFromString(html, "text/html").body.children]);
    } catch (error) {
      if (error.name !== "AbortError" && mine === pending) show([]); // the search itself shows errors
    }
  };

  const requestSoon = (pause) => {
    clearTimeout(timer);
    if (!input.value.trim() || PERSONAL.test(input.value)) return close();
    timer = setTimeout(request, pause);
  };

  const step = (by) => {
    const all = options();
    const stops = [null, ...all];
    choose(stops[(stops.indexOf(active) + by + stops.length) % stops.length]);
  };

  const keys = {
    ArrowDown: () => (isOpen() ? step(1) : requestSoon(0)),
    ArrowUp: () => (isOpen() ? step(-1) : requestSoon(0)),
    Enter: () => {
      if (!active) return false; // the form's own search
      active.click();
    },
    Escape: () => {
      if (isOpen()) return close();
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
  input.addEventListener("input", () => requestSoon(PAUSE));
  input.form.addEventListener("submit", close);
  // A press on a suggestion keeps the focus in the field. Losing the focus does not close the list: screen readers move it.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  document.addEventListener("pointerdown", (event) => {
    if (isOpen() && !list.contains(event.target) && event.target !== input) close();
  });
  // A page from the back/forward cache shows no old suggestions.
  window.addEventListener("pagehide", close);

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");
})();
