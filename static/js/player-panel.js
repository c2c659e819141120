/**
 * The player's panel: its buttons and fields, the words that stand in the page in its reader's
 * language (templates/portal/evidence_player.html), and what of it lasts from visit to visit.
 */

import { fill, inTenths } from "./player-words.js";

export class Panel {
  #element;

  constructor(element) {
    this.#element = element;
    this.#bringBack();
  }

  /** `actions`: what each button does; `changes`: what the change of a field does, with its value. */
  wire(actions, changes) {
    for (const [name, action] of Object.entries(actions)) {
      this.#field(name)?.addEventListener("click", action);
    }
    const { speed, volume, context } = changes;
    this.#field("speed").addEventListener("change", () => speed(this.speed));
    this.#field("context")?.addEventListener("change", ({ target }) => context(target.checked));
    this.#field("volume").addEventListener("input", ({ target }) => {
      volume(this.volume);
      remember("volume", target.value);
    });
    this.#element.hidden = false;
  }

  get volume() {
    return (Number(this.#field("volume").value) / 100) ** 2; // as ears hear it
  }

  get speed() {
    return Number(this.#field("speed").value);
  }

  set speed(speed) {
    this.#field("speed").value = String(speed);
  }

  get speedName() {
    return this.#field("speed").selectedOptions[0].text;
  }

  get hasShortcuts() {
    return this.#field("shortcuts").checked;
  }

  /** A sentence of the page. */
  word(name, values = {}) {
    return fill(this.#element.dataset[name], values);
  }

  /** Has a screen reader say what happened. */
  say(name, values) {
    this.#part("say").textContent = this.word(name, values);
  }

  press(name, isPressed) {
    this.#field(name)?.setAttribute("aria-pressed", String(isPressed));
  }

  /** `at` and `length` are in seconds. */
  show({ isPlaying, loops, isWhole, at, length }) {
    this.press("loop", loops);
    setText(this.#field("play"), this.word(isPlaying ? "pause" : "play"));
    const time = { at: inTenths(at), length: inTenths(length) };
    setText(this.#part("clock"), this.word("time", time));
    const whole = this.#field("whole");
    if (isWhole && whole === document.activeElement) this.#field("until").focus();
    whole.disabled = isWhole;
  }

  /** Opens or closes the list of keys. */
  toggleHelp() {
    const help = this.#part("help");
    help.open = !help.open;
    help.querySelector("summary").focus();
  }

  #bringBack() {
    const volume = this.#field("volume");
    const shortcuts = this.#field("shortcuts");
    volume.value = remembered("volume") ?? volume.value;
    shortcuts.checked = remembered("shortcuts") !== "off";
    shortcuts.addEventListener("change", () => {
      remember("shortcuts", shortcuts.checked ? "on" : "off");
    });
    // Browsers bring fields back as they were left; the player begins anew.
    this.speed = 1;
    const context = this.#field("context");
    if (context) context.checked = false;
  }

  #field(name) {
    return this.#element.querySelector(`[data-do="${name}"]`);
  }

  #part(name) {
    return this.#element.querySelector(`[data-${name}]`);
  }
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function remembered(name) {
  try {
    return localStorage.getItem(`player-${name}`);
  } catch {
    return null; // a browser that keeps nothing
  }
}

function remember(name, value) {
  try {
    localStorage.setItem(`player-${name}`, value);
  } catch {
    // A browser that keeps nothing: the setting lasts as long as the page.
  }
}
