/**
 * <piano-roll>: makes the roll that the server drew one that can be played and sought in. It is a
 * slider over the segment; it says "seek" with a position in seconds, "range" with two of them after
 * a drag, and shows what it is told. <sound-picture> is the same over a recording's picture.
 */

import { fill, inTenths } from "./player-words.js";

const STEP = 1;
const LEAST_DRAG = 0.02; // of the width; less is a click

export class PianoRoll extends HTMLElement {
  #bars = [];
  #playhead;
  #range;
  #pressedAt = 0;

  connectedCallback() {
    if (this.#playhead) return;
    this.#bars = [...this.querySelectorAll("[data-note]")].map(readBar);
    this.#range = this.#drawn("rect", { class: "range", height: this.#height, width: 0 });
    this.#playhead = this.#drawn("line", { class: "playhead", y2: this.#height });
    const svg = this.querySelector("svg");
    this.setAttribute("role", "slider");
    this.setAttribute("aria-label", this.dataset.label);
    this.setAttribute("aria-valuemin", this.#seconds("from"));
    this.setAttribute("aria-valuemax", this.#seconds("until"));
    this.tabIndex = 0;
    svg.setAttribute("aria-hidden", "true");
    this.addEventListener("pointerdown", (event) => {
      this.#pressedAt = this.#positionOf(event.clientX);
    });
    this.addEventListener("click", (event) => this.#onClick(this.#positionOf(event.clientX)));
    this.addEventListener("keydown", (event) => this.#onKey(event));
    this.position = this.#seconds("begins");
  }

  /** What the player needs to know: times in seconds, notes ascending by onset. */
  get segment() {
    return {
      begins: this.#seconds("begins"),
      ends: this.#seconds("ends"),
      from: this.#seconds("from"),
      until: this.#seconds("until"),
      notes: this.#bars.map(({ note }) => note),
    };
  }

  get position() {
    return Number(this.getAttribute("aria-valuenow"));
  }

  set position(seconds) {
    const x = this.#across(seconds);
    this.#playhead.setAttribute("x1", x);
    this.#playhead.setAttribute("x2", x);
    this.setAttribute("aria-valuenow", seconds.toFixed(1));
    this.setAttribute("aria-valuetext", fill(this.dataset.at, { seconds: inTenths(seconds) }));
  }

  /** The part that is looped, [start, end] in seconds; null for none. */
  set range(range) {
    const [start, end] = range ?? [0, 0];
    this.#range.setAttribute("x", range ? this.#across(start) : 0);
    this.#range.setAttribute("width", range ? `${(100 * (end - start)) / this.#span}%` : 0);
  }

  /** Whether this roll is the one that is heard. */
  set isHeard(isHeard) {
    this.toggleAttribute("data-heard", isHeard);
  }

  /** Show which notes sound at a position; null for none. */
  light(seconds) {
    for (const { bar, note } of this.#bars) {
      const sounds =
        seconds !== null && note.onset <= seconds && seconds < note.onset + note.duration;
      bar.classList.toggle("sounds", sounds);
    }
  }

  get #span() {
    return this.#seconds("until") - this.#seconds("from");
  }

  #seconds(name) {
    return Number(this.dataset[name]) / 1000;
  }

  get #height() {
    return Number(this.querySelector("svg").getAttribute("height")) - 22;
  }

  #across(seconds) {
    return `${(100 * (seconds - this.#seconds("from"))) / this.#span}%`;
  }

  #drawn(name, attributes) {
    const shape = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
    this.querySelector("svg").append(shape);
    return shape;
  }

  #positionOf(clientX) {
    const box = this.querySelector("svg").getBoundingClientRect();
    return this.#seconds("from") + (this.#span * (clientX - box.left)) / box.width;
  }

  #onKey(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const places = {
      ArrowLeft: this.position - STEP,
      ArrowDown: this.position - STEP,
      ArrowRight: this.position + STEP,
      ArrowUp: this.position + STEP,
      Home: this.#seconds("begins"),
      End: this.#seconds("ends"),
    };
    if (!(event.key in places)) return;
    event.preventDefault();
    this.#seekTo(places[event.key]);
  }

  #onClick(position) {
    const [start, end] = [this.#pressedAt, position].sort((one, other) => one - other);
    if (end - start < LEAST_DRAG * this.#span) this.#seekTo(position);
    else this.dispatchEvent(new CustomEvent("range", { detail: { start, end } }));
  }

  #seekTo(position) {
    this.dispatchEvent(new CustomEvent("seek", { detail: { position } }));
  }
}

function readBar(bar) {
  const [onset, duration, pitch, velocity] = bar.dataset.note.split(" ").map(Number);
  const isContext = bar.classList.contains("context");
  const note = { onset: onset / 1000, duration: duration / 1000, pitch, velocity, isContext };
  return { bar, note };
}

customElements.define("piano-roll", PianoRoll);
customElements.define("sound-picture", class extends PianoRoll {});
