/** A file that is dropped on a field with `data-drop` is chosen there; without scripts one presses. */

for (const area of document.querySelectorAll("[data-drop]")) {
  const input = area.querySelector('input[type="file"]');
  const mark = (isOver) => area.toggleAttribute("data-over", isOver);
  area.addEventListener("dragover", (event) => {
    event.preventDefault();
    mark(true);
  });
  area.addEventListener("dragleave", () => mark(false));
  area.addEventListener("drop", (event) => {
    event.preventDefault();
    mark(false);
    if (event.dataTransfer.files.length === 1) input.files = event.dataTransfer.files;
  });
}
