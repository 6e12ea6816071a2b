// Keeps the control room's tiles fresh: asks for them while the page is looked at, and swaps them where they have changed.
// Without this script the page reloads itself (a meta element within noscript).
(() => {
  "use strict";
  const EVERY = 3000; // milliseconds; a run notes its progress once a second
  const SLOWEST = 30000;
  const room = document.getElementById("control-room");
  const lost = document.getElementById("control-lost");
  if (!room) return;
  let last = "";
  let pause = EVERY;

  const swap = (html) => {
    // The token of each form differs in each answer: that alone is no change.
    const told = html.replace(/name="csrfmiddlewaretoken" value="[^"]*"/g, "");
    if (told === last) return;
    last = told;
    const focused = room.contains(document.activeElement) ? document.activeElement.id : "";
    room.innerHTML = html;
    if (focused) document.getElementById(focused)?.focus();
  };

  const ask = async () => {
    if (!document.hidden) {
      try {
        const answer = await fetch(room.dataset.state, { headers: { "X-Requested-With": "fetch" }, redirect: "manual" });
        if (answer.type === "opaqueredirect") return location.reload(); // logged out: the login page says so
        if (!answer.ok) throw new Error(String(answer.status));
        swap(await answer.text());
        lost.hidden = true;
        pause = EVERY;
      } catch {
        lost.hidden = false;
        pause = Math.min(pause * 2, SLOWEST);
      }
    }
    setTimeout(ask, pause);
  };

  setTimeout(ask, pause);
})();
