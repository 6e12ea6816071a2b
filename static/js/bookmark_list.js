// The page of bookmarks without an account: sends the ids that the browser keeps, and shows the list that the server renders.
"use strict";

{
  const form = document.getElementById("bokmerker");
  const list = document.getElementById("bokmerkeliste");

  const load = async () => {
    form.elements.ads.value = bookmarks.read().join(" ");
    list.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(form.action, { method: "POST", body: new FormData(form) });
      if (response.status !== 200) throw new Error(response.statusText);
      const html = await response.text();
      list.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
      document.dispatchEvent(new CustomEvent("ads:listed")); // marks of bookmarks and of opened ads
    } catch {
      list.replaceChildren(document.getElementById("bokmerker-feil").content.cloneNode(true));
    } finally {
      list.removeAttribute("aria-busy");
    }
  };

  document.addEventListener("click", ({ target }) => {
    const forget = target.closest("[data-forget]");
    if (!forget) return;
    const gone = forget.dataset.forget.split(" ");
    bookmarks.change(bookmarks.read().filter((one) => !gone.includes(one)));
    load();
  });

  load();
  window.addEventListener("pageshow", ({ persisted }) => persisted && load()); // back, without a new page
}
