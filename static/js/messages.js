/**
 * What was done is said at the head of the page, and can be put away. Nothing vanishes by itself.
 *
 * Screen readers read a live region when it changes, not when a page comes with it filled: so the
 * messages are put in once more when the page stands. Without scripts they are text.
 */

const PAUSE_MS = 150; // until screen readers have noticed the region

for (const region of document.querySelectorAll("[data-messages]")) {
  const said = [...region.children];
  region.replaceChildren();
  setTimeout(() => region.replaceChildren(...said), PAUSE_MS);
  for (const dismiss of said.flatMap((each) => [...each.querySelectorAll("[data-dismiss]")])) {
    dismiss.hidden = false;
    dismiss.addEventListener("click", () => {
      dismiss.closest("li").remove();
      document.getElementById("main").focus();
    });
  }
}
