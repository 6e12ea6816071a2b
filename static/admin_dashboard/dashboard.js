// Polls the overview of the admin while the page is visible, and replaces the parts that have changed.
// Without this script the page reloads itself (a meta element within noscript).
(() => {
  "use strict";
  const INTERVAL = 5000; // milliseconds; a job stores its progress once a second
  const MAX_INTERVAL = 30000;
  const dashboard = document.getElementById("dashboard");
  const offline = document.getElementById("dashboard-offline");
  if (!dashboard) return;
  let last = "";
  let pause = INTERVAL;

  // Buttons that copy a command are hidden without this script.
  const showCopyButtons = () => {
    if (navigator.clipboard) for (const button of dashboard.querySelectorAll("[data-copy]")) button.hidden = false;
  };

  dashboard.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = button.dataset.done;
  });

  const swap = (html) => {
    // The CSRF token of each form differs in each response: that is not a change.
    const content = html.replace(/name="csrfmiddlewaretoken" value="[^"]*"/g, "");
    if (content === last) return;
    last = content;
    const focused = dashboard.contains(document.activeElement) ? document.activeElement.id : "";
    const open = [...dashboard.querySelectorAll("details[open]")].map((one) => one.id);
    dashboard.innerHTML = html;
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    showCopyButtons();
    if (focused) document.getElementById(focused)?.focus();
  };

  const poll = async () => {
    if (!document.hidden) {
      try {
        const response = await fetch(dashboard.dataset.url, { headers: { "X-Requested-With": "fetch" }, redirect: "manual" });
        if (response.type === "opaqueredirect") return location.reload(); // logged out: shows the login page
        if (!response.ok) throw new Error(String(response.status));
        swap(await response.text());
        offline.hidden = true;
        pause = INTERVAL;
      } catch {
        offline.hidden = false;
        pause = Math.min(pause * 2, MAX_INTERVAL);
      }
    }
    setTimeout(poll, pause);
  };

  showCopyButtons();
  setTimeout(poll, pause);
})();
