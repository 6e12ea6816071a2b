// Passkeys (WebAuthn): forms with `data-passkey-…` request a credential from the browser and send it. Where the browser has no passkeys,
// those forms are hidden. `webauthnJSON` (github/webauthn-json) comes with allauth.
"use strict";

{
  const readOptions = () => JSON.parse(document.getElementById("passkey-options").textContent);

  const fetchOptions = async (form) => {
    const response = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(String(response.status));
    return response.json();
  };

  // A passkey that can log in alone: it is stored with the user's name, and the browser verifies who uses it.
  const create = async () => {
    const options = readOptions().creation_options;
    Object.assign(options.publicKey.authenticatorSelection, {
      residentKey: "required",
      requireResidentKey: true,
      userVerification: "required",
    });
    return webauthnJSON.create(options);
  };

  const KINDS = {
    "[data-passkey-login]": async (form) => webauthnJSON.get((await fetchOptions(form)).request_options),
    "[data-passkey-authenticate]": async () => webauthnJSON.get(readOptions().request_options),
    "[data-passkey-add]": create,
  };

  const connect = (form, getCredential) => {
    const error = form.querySelector("[data-passkey-error]");
    const button = form.querySelector("button");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      error.hidden = true;
      button.disabled = true;
      try {
        form.elements.credential.value = JSON.stringify(await getCredential(form));
        form.submit();
      } catch {
        error.hidden = false; // the user has cancelled, or has no passkey
        button.disabled = false;
      }
    });
  };

  const supported = window.webauthnJSON?.supported();
  for (const [selector, getCredential] of Object.entries(KINDS)) {
    for (const form of document.querySelectorAll(selector)) {
      if (supported) connect(form, getCredential);
      else form.hidden = true;
    }
  }
}
