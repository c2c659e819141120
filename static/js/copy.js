/** A button with `data-copy` copies the text of the element of that id; without scripts it is not there. */

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break; // there is none where a page came without encryption
  const said = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = button.dataset.copied;
    setTimeout(() => (button.textContent = said), 2000);
  });
}
