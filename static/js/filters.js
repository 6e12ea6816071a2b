// Filter panel: each choice updates the results. Without this script, boxes are submitted with the form, and links followed.
"use strict";

const filters = document.getElementById("filtre");
const boxes = (name) => [...filters.querySelectorAll(`input[name="${name}"]`)];
const dispatchChange = () => filters.dispatchEvent(new Event("change", { bubbles: true }));

// A county and its municipalities exclude each other (as do other groups and their parts): the last choice is kept.
const exclude = (box) => {
  const option = box.closest(".option");
  const around = option.parentElement.closest(".option");
  if (around) around.querySelector(":scope > input").checked = false;
  else option.querySelectorAll(".parts input").forEach((part) => (part.checked = false));
};

if (filters) {
  let choices = 0;
  filters.addEventListener(
    "change",
    (event) => {
      // Typing into a list's search field is not a choice.
      if (event.target.matches("[data-within]")) return event.stopPropagation();
      choices += 1;
      if (event.target.matches('.option > [type="checkbox"]') && event.target.checked) exclude(event.target);
    },
    true,
  );

  document.getElementById("f-near").addEventListener("change", () => (choices += 1), true);

  // Ignore the response to an older choice, which would undo the latest one. A newer response is pending.
  const choicesAtRequest = new WeakMap();
  document.addEventListener("htmx:beforeRequest", (event) => choicesAtRequest.set(event.detail.xhr, choices));
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (choicesAtRequest.get(event.detail.xhr) < choices) event.preventDefault();
  });

  // A response that replaces a list between press and release would prevent the click, because the release hits another element
  // than the press. So it is handled after the release.
  const pressable = 'a, label, summary, button, [type="checkbox"], [type="radio"]';
  const waiting = [];
  let pressed = false;
  const press = (event) => (pressed ||= Boolean(event.target.closest(pressable)));
  // The browser fires the click after the release, but before the next task.
  const release = () =>
    setTimeout(() => {
      pressed = false;
      waiting.splice(0).forEach((handle) => handle());
    });
  filters.addEventListener("pointerdown", press);
  filters.addEventListener("keydown", (event) => event.key === " " && press(event));
  for (const name of ["pointerup", "pointercancel", "keyup", "blur"]) addEventListener(name, release);
  document.addEventListener("htmx:beforeRequest", ({ detail: { xhr } }) => {
    const handle = xhr.onload;
    xhr.onload = () => (pressed ? waiting.push(handle) : handle());
  });

  // Links that choose or reset change the form instead, so that panel, scroll position and focus stay.
  filters.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const { reset, widen, day } = link.dataset;
    if (!reset && !widen && !day) return;
    event.preventDefault();
    link.dataset.pending = "";
    if (widen) {
      const box = document.getElementById(widen);
      box.checked = true;
      exclude(box);
      box.focus();
    } else {
      [...boxes(reset || "published"), ...boxes(`not_${reset}`)].forEach((box) => {
        if (box.type === "text") box.value = "";
        else box.checked = box.type === "radio" && !box.value;
      });
      if (reset) link.closest(".facet").querySelector("summary").focus();
    }
    const wasChosen = link.classList.contains("chosen") || link.hasAttribute("aria-current");
    if (day && !wasChosen) {
      const radio = document.createElement("input");
      Object.assign(radio, { type: "radio", name: "published", value: day, hidden: true });
      radio.setAttribute("form", "sok");
      document.getElementById("f-published").append(radio);
      radio.checked = true;
    }
    dispatchChange();
  });

  // A long list is requested when it is opened. A list that is initially open is requested once, on "load": the browser fires
  // "toggle" for it too, before or after this script listens, but always before "load".
  const renew = (field) => htmx.trigger(field, "renew");
  filters.addEventListener(
    "toggle",
    (event) => {
      const field = event.target.matches(".facet[open]") && event.target.querySelector("[data-long]");
      if (field && document.readyState === "complete") renew(field);
    },
    true,
  );
  addEventListener("load", () => filters.querySelectorAll(".facet[open] [data-long]").forEach(renew));

  // A picked proposal of the place field is a choice; not every browser fires "change" for it before the field loses focus.
  document.getElementById("f-near").addEventListener("input", ({ target, inputType }) => {
    if (target.id !== "near" || (inputType && inputType !== "insertReplacementText")) return;
    target.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // The response to an earlier choice does not overwrite a place that is being typed.
  let requested = "";
  document.addEventListener("htmx:configRequest", (event) => (requested = event.detail.parameters.near ?? requested));
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const near = document.activeElement;
    if (event.detail.target.id === "f-near" && near.id === "near" && near.value !== requested) event.detail.shouldSwap = false;
  });

  // A narrowed or opened long list is requested again instead of being replaced by the short list.
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const field = document.getElementById(event.detail.target.id.replace(/^f-/, "w-"));
    if (!field || !field.matches("[data-within]")) return;
    if (!field.value.trim() && !(field.matches("[data-long]") && field.closest("[open]"))) return;
    event.detail.shouldSwap = false;
    renew(field);
  });
}
