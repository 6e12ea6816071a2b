// The filter panel while results are renewed on each choice. Without it every control is a box to send or a link to follow.
"use strict";

const filters = document.getElementById("filtre");
const boxes = (name) => [...filters.querySelectorAll(`input[name="${name}"]`)];
const chosenNow = () => filters.dispatchEvent(new Event("change", { bubbles: true }));

// A whole and its parts exclude each other: what was chosen last stands.
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
      // Typing into a list's own field chooses nothing.
      if (event.target.matches("[data-within]")) return event.stopPropagation();
      choices += 1;
      if (event.target.matches('.option > [type="checkbox"]') && event.target.checked) exclude(event.target);
    },
    true,
  );

  // An answer to what was chosen before the latest choice would take that back. A newer one is on its way.
  const askedAfter = new WeakMap();
  document.addEventListener("htmx:beforeRequest", (event) => askedAfter.set(event.detail.xhr, choices));
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (askedAfter.get(event.detail.xhr) < choices) event.preventDefault();
  });

  // An answer that replaces a list between press and release takes the click away: the release then meets another element than
  // the press. It waits for the release.
  const pressable = 'a, label, summary, button, [type="checkbox"], [type="radio"]';
  const waiting = [];
  let pressed = false;
  const press = (event) => (pressed ||= Boolean(event.target.closest(pressable)));
  // The click comes after the release, but before a task of its own.
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

  // Links that choose or take back do so in the form, so that panel, place and focus stay.
  filters.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const { reset, widen, day } = link.dataset;
    if (!reset && !widen && !day) return;
    event.preventDefault();
    if (widen) {
      const box = document.getElementById(widen);
      box.checked = true;
      exclude(box);
      box.focus();
    } else {
      boxes(reset || "published").forEach((box) => {
        if (box.type === "text") box.value = "";
        else box.checked = box.type === "radio" && !box.value;
      });
      if (reset) link.closest(".facet").querySelector("summary").focus();
    }
    const taken = link.classList.contains("chosen") || link.hasAttribute("aria-current");
    if (day && !taken) {
      const radio = document.createElement("input");
      Object.assign(radio, { type: "radio", name: "published", value: day, hidden: true });
      radio.setAttribute("form", "sok");
      document.getElementById("f-published").append(radio);
      radio.checked = true;
    }
    chosenNow();
  });

  // What a long list has to show is asked for when it is opened. A list that the page brings open is asked for once: the
  // browser reports it as toggled as well, before or after this script has begun to listen, but always before "load".
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

  // A place that is picked among the proposals is chosen; not every browser calls that a change before the field is left.
  filters.addEventListener("input", (event) => {
    if (event.target.id === "near" && (!event.inputType || event.inputType === "insertReplacementText")) chosenNow();
  });

  // A place that somebody types is not overwritten by the answer to an earlier choice.
  let asked = "";
  document.addEventListener("htmx:configRequest", (event) => (asked = event.detail.parameters.near ?? asked));
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const near = document.activeElement;
    if (event.detail.target.id === "f-near" && near.id === "near" && near.value !== asked) event.detail.shouldSwap = false;
  });

  // A list that is narrowed, or was asked for, is asked for again instead of being replaced by the short one.
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const field = document.getElementById(event.detail.target.id.replace(/^f-/, "w-"));
    if (!field || !field.matches("[data-within]")) return;
    if (!field.value.trim() && !(field.matches("[data-long]") && field.closest("[open]"))) return;
    event.detail.shouldSwap = false;
    renew(field);
  });
}
