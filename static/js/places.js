// Places: proposals for the field, and the municipality nearest to the visitor. The browser finds it itself: the position is in no
// request, and is not kept. The name of the municipality is kept for the front page, in this browser only (localStorage). Loaded by app.js.
"use strict";

(() => {
  const KEY = "place";
  const MAX_LENGTH = 100;
  const MAX_KM = 100;
  const KM_PER_DEGREE = 111.2;
  const note = document.getElementById("near-note");
  const proposals = document.getElementById("near-places");
  if (!note || !proposals) return;
  const { form } = document.getElementById("near");
  const hasPosition = window.isSecureContext && "geolocation" in navigator;

  // --- The municipalities, requested once, when they are first needed

  let requested = null;
  const request = async () => {
    const response = await fetch(note.dataset.url);
    if (!response.ok) throw new Error(`${response.status} for ${note.dataset.url}`);
    return (await response.json()).municipalities;
  };
  const load = () => {
    requested ??= request();
    requested.catch(() => (requested = null)); // the next attempt requests them again
    return requested;
  };

  const propose = async () => {
    if (proposals.options.length) return;
    try {
      const names = (await load()).map(([name]) => Object.assign(document.createElement("option"), { value: name }));
      proposals.replaceChildren(...names);
    } catch {
      // Without proposals: any place can be typed.
    }
  };
  const proposeInField = ({ target }) => target?.id === "near" && propose();
  document.addEventListener("focusin", proposeInField);
  proposeInField({ target: document.activeElement });

  // --- The nearest one

  const measure = ({ latitude, longitude }, [, north, east]) =>
    KM_PER_DEGREE * Math.hypot(latitude - north, (longitude - east) * Math.cos((latitude * Math.PI) / 180));
  const findNearest = (position, municipalities) =>
    municipalities.reduce((best, one) => (measure(position, one) < measure(position, best) ? one : best));

  const read = () => {
    try {
      const name = localStorage.getItem(KEY) || "";
      return name.length <= MAX_LENGTH ? name : "";
    } catch {
      return "";
    }
  };
  const write = (name) => {
    try {
      if (name) localStorage.setItem(KEY, name);
      else localStorage.removeItem(KEY);
    } catch {
      // Storage is disabled: nothing is remembered.
    }
  };

  const choose = (name) => {
    write(name);
    const field = document.getElementById("near");
    field.value = name;
    if (form.hasAttribute("hx-get")) form.requestSubmit();
    else field.focus();
  };

  const useLocation = (button) => {
    const said = button.parentElement.querySelector("[data-note]") || note;
    const say = (reason) => (said.textContent = reason ? note.dataset[reason] : "");
    say("waiting");
    const found = async ({ coords }) => {
      try {
        const nearest = findNearest(coords, await load());
        if (measure(coords, nearest) > MAX_KM) return say("abroad");
        say("");
        choose(nearest[0]);
      } catch {
        say("offline");
      }
    };
    navigator.geolocation.getCurrentPosition(found, () => say("refused"), { timeout: 10_000, maximumAge: 600_000 });
  };

  // --- Controls: "use my position" at the field and on the front page, and what the front page stores

  const update = () => {
    const box = document.getElementById("naer-deg");
    if (!box) return;
    const name = read();
    const [link, forget, use] = box.querySelectorAll("a, [data-forget-place], [data-use-position]");
    const text = link.querySelector("[data-text]");
    link.hidden = forget.hidden = !name;
    use.hidden = Boolean(name) || !hasPosition;
    link.href = `${form.action.split("?")[0]}?${new URLSearchParams({ near: name })}`;
    text.textContent = text.dataset.text.replace("{}", () => name);
  };

  document.addEventListener("click", ({ target }) => {
    const use = target.closest("[data-use-position]");
    if (use) return useLocation(use);
    if (!target.closest("[data-forget-place]")) return;
    write("");
    update();
    document.getElementById("innhold").focus({ preventScroll: true });
  });
  // A press on the button keeps the focus in the field, below which it is shown.
  form.addEventListener("mousedown", (event) => event.target.closest("[data-use-position]") && event.preventDefault());
  form.addEventListener("input", () => (note.textContent = ""));
  document.addEventListener("htmx:afterSettle", update);
  for (const name of ["pageshow", "storage"]) window.addEventListener(name, update);
  document.documentElement.toggleAttribute("data-position", hasPosition);
  update();
})();
