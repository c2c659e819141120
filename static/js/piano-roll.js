/**
 * <piano-roll>: makes the roll that the server drew one that can be played and sought in. It is a
 * slider over the segment; it says "seek" with a position in seconds, and shows what it is told.
 */

const STEP = 1;

export class PianoRoll extends HTMLElement {
  #bars = [];
  #playhead;

  connectedCallback() {
    if (this.#playhead) return;
    this.#bars = [...this.querySelectorAll("[data-note]")].map(readBar);
    this.#playhead = this.#drawPlayhead();
    const svg = this.querySelector("svg");
    this.setAttribute("role", "slider");
    this.setAttribute("aria-label", `Position in the ${this.dataset.name.toLowerCase()}`);
    this.setAttribute("aria-valuemin", this.#seconds("from"));
    this.setAttribute("aria-valuemax", this.#seconds("until"));
    this.tabIndex = 0;
    svg.setAttribute("aria-hidden", "true");
    this.addEventListener("click", (event) => this.#seekTo(this.#positionOf(event.clientX)));
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
    const x = `${(100 * (seconds - this.#seconds("from"))) / this.#span}%`;
    this.#playhead.setAttribute("x1", x);
    this.#playhead.setAttribute("x2", x);
    this.setAttribute("aria-valuenow", seconds.toFixed(1));
    this.setAttribute("aria-valuetext", `${seconds.toFixed(1)} seconds into the piece`);
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

  #drawPlayhead() {
    const svg = this.querySelector("svg");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
    line.setAttribute("class", "playhead");
    line.setAttribute("y2", Number(svg.getAttribute("height")) - 22);
    svg.append(line);
    return line;
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
