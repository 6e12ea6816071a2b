// Suggestions while typing, below the search field. The server writes them, each as a link; without this script none are shown.
"use strict";

(() => {
  const input = document.getElementById("q");
  const list = document.getElementById("forslag");
  const said = document.getElementById("forslag-n");
  if (!input || !list || !input.form) return;

  const PAUSE = 120; // milliseconds without a key before the server is asked
  const PERSONAL = /@|(\d[ .-]?){6}/; // neither an e-mail address nor a national identity number is sent along

  let timer = 0;
  let asking = null;
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
    said.textContent = isOpen() ? list.firstElementChild.dataset.status : "";
  };

  // Also forgets what was asked for and has not been answered yet.
  const close = () => {
    clearTimeout(timer);
    if (asking) asking.abort();
    asking = null;
    show([]);
  };

  const ask = async () => {
    if (asking) asking.abort();
    const mine = (asking = new AbortController());
    try {
      const asked = new URLSearchParams(new FormData(input.form));
      const answer = await fetch(`${list.dataset.url}?${asked}`, { signal: mine.signal, headers: { Accept: "text/html" } });
      const html = answer.status === 200 ? await answer.text() : "";
      if (mine !== asking) return;
      show([...new DOMParser().parseFromString(html, "text/html").body.children]);
    } catch (error) {
      if (error.name !== "AbortError" && mine === asking) show([]); // nobody asked for them: the search itself tells what is wrong
    }
  };

  const askSoon = (pause) => {
    clearTimeout(timer);
    if (!input.value.trim() || PERSONAL.test(input.value)) return close();
    timer = setTimeout(ask, pause);
  };

  const step = (by) => {
    const all = options();
    const stops = [null, ...all];
    choose(stops[(stops.indexOf(active) + by + stops.length) % stops.length]);
  };

  const keys = {
    ArrowDown: () => (isOpen() ? step(1) : askSoon(0)),
    ArrowUp: () => (isOpen() ? step(-1) : askSoon(0)),
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
  input.addEventListener("input", () => askSoon(PAUSE));
  input.form.addEventListener("submit", close);
  // A press on a suggestion leaves the caret where it is. Losing the focus alone closes nothing: screen readers move it around.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  document.addEventListener("pointerdown", (event) => {
    if (isOpen() && !list.contains(event.target) && event.target !== input) close();
  });
  // A page that comes back from the browser's memory shows no old suggestions.
  window.addEventListener("pagehide", close);

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");
})();
