/**
 * The player's keys. A field in which one types keeps its keys, and so does Space on whatever it
 * presses; keys with Alt, Ctrl or Meta are the browser's.
 */

const TYPED_IN = "input, select, textarea, [contenteditable]";
const PRESSED_BY_SPACE = "a, button, summary";

/** `actions`: by the key in lower case; `isOn`: whether keys are wanted now. */
export function listenToKeys(actions, isOn) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target.closest(TYPED_IN)) return;
    if (event.key === " " && event.target.closest(PRESSED_BY_SPACE)) return;
    const action = isOn() && actions[event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
