// Polls the progress of one job until it has ended. Without this script the page reloads itself (meta within noscript).
(() => {
  "use strict";
  const INTERVAL = 1000; // milliseconds; a job stores its progress once a second
  const MAX_INTERVAL = 15000;
  const job = document.getElementById("job");
  const offline = document.getElementById("job-offline");
  const status = document.getElementById("job-ended");
  let last = "";
  let pause = INTERVAL;

  const swap = (html) => {
    const content = html.replace(/name="csrfmiddlewaretoken" value="[^"]*"/g, "");
    if (content === last) return;
    last = content;
    const focused = job.contains(document.activeElement) ? document.activeElement.id : "";
    job.innerHTML = html;
    if (focused) document.getElementById(focused)?.focus();
  };

  const poll = async () => {
    if (!document.hidden) {
      try {
        const response = await fetch(job.dataset.url, { headers: { "X-Requested-With": "fetch" }, redirect: "manual" });
        if (response.type === "opaqueredirect") return location.reload(); // logged out: shows the login page
        if (!response.ok) throw new Error(String(response.status));
        swap(await response.text());
        offline.hidden = true;
        pause = INTERVAL;
        if (job.querySelector("[data-ended='1']")) {
          status.textContent = status.dataset.text;
          return;
        }
      } catch {
        offline.hidden = false;
        pause = Math.min(pause * 2, MAX_INTERVAL);
      }
    }
    setTimeout(poll, pause);
  };

  setTimeout(poll, pause);
})();
