// Passkeys: a form with `data-passkey` asks the browser for one and posts what it answered.
// Without JavaScript such a form says that it needs it; all other ways to sign in work without.
"use strict";

const { create, get } = window.webauthnJSON;

async function options(form) {
  if (form.dataset.options) {
    return JSON.parse(document.getElementById(form.dataset.options).textContent);
  }
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  return (await answer.json()).request_options;
}

// A passkey lets in by itself, so it must be found without a name and ask for finger, face or PIN.
function byItself(asked) {
  asked.publicKey.authenticatorSelection = {
    ...asked.publicKey.authenticatorSelection,
    residentKey: "required",
    requireResidentKey: true,
    userVerification: "required",
  };
  return asked;
}

async function prove(form) {
  const asked = await options(form);
  const credential = form.dataset.passkey === "create" ? await create(byItself(asked)) : await get(asked);
  form.elements.credential.value = JSON.stringify(credential);
  form.submit();
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const failed = form.querySelector("[data-passkey-error]");
    failed.hidden = true;
    prove(form).catch(() => {
      failed.hidden = false;
    });
  });
}
