/**
 * A form that was sent cannot be sent again while the answer is on its way: its buttons rest.
 *
 * The server answers a form that comes twice only once anyway (portal.session.sent_once); this
 * spares people the doubt. A form with `data-download` stays on its page and may be sent again.
 * Without scripts nothing is different.
 */

const RESTING = "data-resting";
const PATIENCE_MS = 30_000; // then no answer comes any more: one may try again

const buttonsOf = (form) =>
  [...form.elements].filter((each) => each.matches('button:not([type="button"]), input[type="submit"]'));

function rest(form) {
  form.setAttribute("aria-busy", "true");
  for (const button of buttonsOf(form)) {
    if (button.disabled) continue; // it was before, and stays so
    button.disabled = true;
    button.setAttribute(RESTING, "");
  }
}

function wake(form) {
  form.removeAttribute("aria-busy");
  for (const button of buttonsOf(form)) {
    if (!button.hasAttribute(RESTING)) continue;
    button.disabled = false;
    button.removeAttribute(RESTING);
  }
}

// The browser says "submit" only after its own checks have let the form through.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || "download" in form.dataset) return;
  if (form.hasAttribute("aria-busy")) {
    event.preventDefault();
    return;
  }
  form.setAttribute("aria-busy", "true");
  setTimeout(() => rest(form)); // after the pressed button's own value was taken along
  setTimeout(() => wake(form), PATIENCE_MS);
});

// Whoever goes back finds the page as they left it, and may send its forms again.
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.forms) wake(form);
});
