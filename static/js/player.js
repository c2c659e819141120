/**
 * The evidence page's player: two segments, one of which is heard. Buttons, keys and rolls say what
 * is wanted; the transport knows what sounds when; the sound makes it. Nothing plays by itself.
 */

import "./piano-roll.js";
import { clamp, stretchOf, Transport } from "./player-schedule.js";
import { Sound } from "./player-sound.js";

// The pages of one piece alone have no second side.
const SIDES = ["a", "b"].filter((side) => document.querySelector(`piano-roll[data-side="${side}"]`));
const SPEEDS = [0.5, 0.75, 1];
const TICK_MS = 40;
const AHEAD = 0.2; // seconds of notes handed to the sound
const AHEAD_HIDDEN = 1.6; // browsers wake a hidden page once a second
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

class Player {
  #panel;
  #rolls;
  #side = "a";
  #withContext = false;
  #transport;
  #sound = null; // made by the first press, as browsers demand
  #ticking = null;

  constructor(panel) {
    this.#panel = panel;
    this.#rolls = Object.fromEntries(
      SIDES.map((side) => [side, document.querySelector(`piano-roll[data-side="${side}"]`)]),
    );
    this.#transport = new Transport(this.#stretch("a"));
    this.#wireButtons();
    this.#wireFields();
    for (const side of SIDES) {
      this.#rolls[side].addEventListener("seek", ({ detail }) => this.#hear(side, detail.position));
    }
    document.addEventListener("keydown", (event) => this.#onKey(event));
    document.addEventListener("visibilitychange", () => this.#tick());
    panel.hidden = false;
    this.#show();
  }

  // What is wanted

  async toggle() {
    if (this.#transport.isPlaying) {
      this.#stop("Paused");
      return;
    }
    try {
      this.#sound ??= new Sound(this.#volume);
      await this.#sound.wake();
    } catch {
      this.#say("This browser cannot make sound.");
      return;
    }
    this.#transport.play(this.#now);
    this.#ticking = setInterval(() => this.#tick(), TICK_MS);
    this.#say(`Playing the ${this.#name(this.#side)}`);
    this.#tick();
    this.#follow();
  }

  /** Hear one side: at the same relative place, or from a position of its own. */
  #hear(side, position) {
    if (!SIDES.includes(side)) return;
    const isOther = side !== this.#side;
    this.#side = side;
    this.#transport.switchTo(this.#now, this.#stretch(side), position);
    this.#again();
    if (isOther) this.#say(`Now the ${this.#name(side)}`);
  }

  #seekBy(seconds) {
    this.#transport.seek(this.#now, this.#transport.position(this.#now) + seconds);
    this.#again();
  }

  #toggleLoop() {
    this.#transport.setLoops(this.#now, !this.#transport.loops);
    this.#say(this.#transport.loops ? "Looping" : "Not looping");
    this.#show();
  }

  #setSpeed(speed) {
    this.#transport.setSpeed(this.#now, speed);
    this.#field("speed").value = String(speed);
    this.#again();
  }

  #stepSpeed(step) {
    const place = SPEEDS.indexOf(this.#transport.speed) + step;
    const speed = SPEEDS[clamp(place, 0, SPEEDS.length - 1)];
    this.#setSpeed(speed);
    this.#say(`Speed ${this.#field("speed").selectedOptions[0].text}`);
  }

  #setContext(withContext) {
    this.#withContext = withContext;
    const position = this.#transport.position(this.#now);
    this.#transport.switchTo(this.#now, this.#stretch(this.#side), position);
    this.#again();
  }

  #name(side) {
    return this.#rolls[side].dataset.said;
  }

  #goToPair(direction) {
    const here = document.querySelector(".pairs [aria-current]");
    const link = direction > 0 ? here?.nextElementSibling : here?.previousElementSibling;
    link?.click();
  }

  // Playing

  get #now() {
    return this.#sound?.now ?? 0;
  }

  get #volume() {
    return (Number(this.#field("volume").value) / 100) ** 2; // as ears hear it
  }

  #stretch(side) {
    return stretchOf(this.#rolls[side].segment, this.#withContext);
  }

  #tick() {
    if (!this.#transport.isPlaying) return;
    const ahead = document.hidden ? AHEAD_HIDDEN : AHEAD;
    for (const note of this.#transport.due(this.#now, ahead)) this.#sound.play(note);
    if (this.#transport.hasEnded(this.#now)) this.#stop("The end of the segment", "let ring");
  }

  #stop(words, ring) {
    this.#transport.pause(this.#now);
    clearInterval(this.#ticking);
    if (!ring) this.#sound.silence();
    this.#say(words);
    this.#show();
  }

  /** After a change in what plays: what was handed to the sound is not true any more. */
  #again() {
    this.#sound?.silence();
    this.#tick();
    this.#show();
  }

  // What is shown

  #follow() {
    this.#show();
    if (this.#transport.isPlaying) requestAnimationFrame(() => this.#follow());
  }

  #show() {
    const { isPlaying, loops } = this.#transport;
    const position = this.#transport.position(this.#now);
    for (const side of SIDES) {
      const isHeard = side === this.#side;
      this.#rolls[side].isHeard = isHeard;
      this.#rolls[side].light(isHeard && isPlaying ? position : null);
      this.#press(side, isHeard);
    }
    this.#press("loop", loops);
    this.#setText(this.#field("play"), isPlaying ? "Pause" : "Play");
    const { start, end } = this.#transport.stretch;
    const isStill = STILL.matches && isPlaying; // then the line goes by whole seconds
    const shown = isStill ? start + Math.floor(position - start) : position;
    this.#rolls[this.#side].position = shown;
    const [at, length] = [position - start, end - start].map((seconds) => seconds.toFixed(1));
    this.#setText(this.#panel.querySelector("[data-time]"), `${at} of ${length} s`);
  }

  #press(name, isPressed) {
    this.#field(name)?.setAttribute("aria-pressed", String(isPressed));
  }

  #setText(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  #say(words) {
    this.#panel.querySelector("[data-say]").textContent = words;
  }

  // Buttons, fields, keys

  #field(name) {
    return this.#panel.querySelector(`[data-do="${name}"]`);
  }

  #wireButtons() {
    const actions = {
      play: () => this.toggle(),
      a: () => this.#hear("a"),
      b: () => this.#hear("b"),
      loop: () => this.#toggleLoop(),
    };
    for (const [name, action] of Object.entries(actions)) {
      this.#field(name)?.addEventListener("click", action);
    }
  }

  #wireFields() {
    const volume = this.#field("volume");
    const shortcuts = this.#field("shortcuts");
    volume.value = remembered("volume") ?? volume.value;
    shortcuts.checked = remembered("shortcuts") !== "off";
    volume.addEventListener("input", () => {
      this.#sound?.setVolume(this.#volume);
      remember("volume", volume.value);
    });
    shortcuts.addEventListener("change", () => {
      remember("shortcuts", shortcuts.checked ? "on" : "off");
    });
    const [speed, context] = [this.#field("speed"), this.#field("context")];
    speed.addEventListener("change", () => this.#setSpeed(Number(speed.value)));
    context.addEventListener("change", () => this.#setContext(context.checked));
    // Browsers bring fields back as they were left; the player begins anew.
    speed.value = "1";
    context.checked = false;
  }

  #onKey(event) {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    if (event.key === " " && event.target.closest("a, button, summary")) return;
    if (!this.#field("shortcuts").checked) return;
    const action = this.#keys[event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    action();
  }

  #keys = {
    " ": () => this.toggle(),
    a: () => this.#hear("a"),
    b: () => this.#hear("b"),
    l: () => this.#toggleLoop(),
    arrowleft: () => this.#seekBy(-1),
    arrowright: () => this.#seekBy(1),
    "[": () => this.#stepSpeed(-1),
    "]": () => this.#stepSpeed(1),
    n: () => this.#goToPair(1),
    p: () => this.#goToPair(-1),
    "?": () => this.#help(),
  };

  #help() {
    const help = this.#panel.querySelector("[data-help]");
    help.open = !help.open;
    help.querySelector("summary").focus();
  }
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

new Player(document.querySelector("#player"));
