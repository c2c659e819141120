/**
 * The evidence page's player: two segments, one of which is heard. Buttons, keys and rolls say what
 * is wanted; the transport knows what sounds when; the sound makes it. Nothing plays by itself.
 */

import "./piano-roll.js";
import { RecordedSound, RecordingTransport } from "./player-recording.js";
import { clamp, partOf, sameRelativePosition, stretchOf, Transport } from "./player-schedule.js";
import { Sound } from "./player-sound.js";
import { fill, inTenths } from "./player-words.js";

const ROLL = { a: '[data-side="a"]', b: '[data-side="b"]' }; // <piano-roll> or <sound-picture>
// The pages of one piece alone have no second side.
const SIDES = ["a", "b"].filter((side) => document.querySelector(ROLL[side]));
const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5];
const WHOLE = { from: 0, to: 1 };
const TICK_MS = 40;
const AHEAD = 0.2; // seconds of notes handed to the sound
const AHEAD_HIDDEN = 1.6; // browsers wake a hidden page once a second
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

class Player {
  #panel;
  #rolls;
  #recordings; // <audio> elements; none where notes are played
  #side = SIDES[0];
  #withContext = false;
  #part = WHOLE; // of either segment, what is looped
  #transport;
  #sound = null; // made by the first press, as browsers demand
  #ticking = null;

  constructor(panel) {
    this.#panel = panel;
    this.#rolls = Object.fromEntries(
      SIDES.map((side) => [side, document.querySelector(ROLL[side])]),
    );
    this.#recordings = SIDES.map((side) => this.#audio(side)).filter(Boolean);
    const isRecorded = this.#recordings.length > 0;
    this.#transport = new (isRecorded ? RecordingTransport : Transport)(this.#stretch(this.#side));
    this.#wireRecordings();
    this.#wireButtons();
    this.#wireFields();
    for (const side of SIDES) {
      this.#rolls[side].addEventListener("seek", ({ detail }) => this.#hear(side, detail.position));
      this.#rolls[side].addEventListener("range", ({ detail }) => this.#drag(side, detail));
    }
    document.addEventListener("keydown", (event) => this.#onKey(event));
    document.addEventListener("visibilitychange", () => this.#tick());
    panel.hidden = false;
    this.#show();
  }

  // What is wanted

  async toggle() {
    if (this.#transport.isPlaying) {
      this.#stop(this.#word("paused"));
      return;
    }
    try {
      this.#sound ??= this.#newSound();
      await this.#sound.wake();
    } catch {
      this.#say(this.#word("mute"));
      return;
    }
    this.#transport.play(this.#now);
    this.#ticking = setInterval(() => this.#tick(), TICK_MS);
    this.#say(this.#word("playing", { name: this.#name(this.#side) }));
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
    if (isOther) this.#say(this.#word("now", { name: this.#name(side) }));
  }

  #seekBy(seconds) {
    this.#transport.seek(this.#now, this.#transport.position(this.#now) + seconds);
    this.#again();
  }

  #toggleLoop() {
    this.#transport.setLoops(this.#now, !this.#transport.loops);
    this.#say(this.#word(this.#transport.loops ? "looping" : "straight"));
    this.#show();
  }

  // A part that is looped: the same of both segments

  #loopFrom() {
    const from = this.#place;
    this.#loopPart(from < this.#part.to ? { ...this.#part, from } : { from, to: 1 });
  }

  #loopUntil() {
    const to = this.#place;
    this.#loopPart(to > this.#part.from ? { ...this.#part, to } : { from: 0, to });
  }

  #drag(side, { start, end }) {
    this.#side = side;
    const whole = this.#whole(side);
    const [from, to] = [start, end].map((at) => sameRelativePosition(at, whole, { start: 0, end: 1 }));
    if (to > from) this.#loopPart({ from, to });
  }

  #loopPart(part) {
    this.#setPart(part);
    if (!this.#transport.loops) this.#transport.setLoops(this.#now, true);
    const { start, end } = this.#transport.stretch;
    this.#say(this.#word("part", { start: inTenths(start), end: inTenths(end) }));
    this.#show();
  }

  #setPart(part) {
    const position = this.#transport.position(this.#now);
    this.#part = part;
    this.#transport.switchTo(this.#now, this.#stretch(this.#side), position);
    this.#again();
  }

  #loopWhole() {
    this.#setPart(WHOLE);
    this.#say(this.#word("whole"));
  }

  /** Where the whole segment stands, 0 to 1. */
  get #place() {
    const position = this.#transport.position(this.#now);
    return sameRelativePosition(position, this.#whole(this.#side), { start: 0, end: 1 });
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
    this.#say(this.#word("speed", { name: this.#field("speed").selectedOptions[0].text }));
  }

  #setContext(withContext) {
    this.#withContext = withContext;
    this.#part = WHOLE;
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

  #newSound() {
    const isRecorded = this.#recordings.length > 0;
    return isRecorded ? new RecordedSound(this.#recordings, this.#volume) : new Sound(this.#volume);
  }

  #audio(side) {
    return document.querySelector(`audio[data-of="${side}"]`);
  }

  #whole(side) {
    const stretch = stretchOf(this.#rolls[side].segment, this.#withContext);
    return { ...stretch, audio: this.#audio(side) };
  }

  #stretch(side) {
    return this.#part === WHOLE ? this.#whole(side) : partOf(this.#whole(side), this.#part);
  }

  #wireRecordings() {
    for (const audio of this.#recordings) {
      audio.controls = false; // the player's are used
      audio.addEventListener("error", () => {
        if (this.#transport.isPlaying) this.#stop(this.#word("lost"));
      });
    }
  }

  #tick() {
    if (!this.#transport.isPlaying) return;
    const ahead = document.hidden ? AHEAD_HIDDEN : AHEAD;
    for (const note of this.#transport.due(this.#now, ahead)) this.#sound.play(note);
    if (this.#transport.hasEnded(this.#now)) this.#stop(this.#word("ended"), "let ring");
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
      this.#rolls[side].range = this.#part === WHOLE ? null : this.#bounds(side);
      this.#press(side, isHeard);
    }
    this.#press("loop", loops);
    this.#setText(this.#field("play"), this.#word(isPlaying ? "pause" : "play"));
    const { start, end } = this.#transport.stretch;
    const isStill = STILL.matches && isPlaying; // then the line goes by whole seconds
    const shown = isStill ? start + Math.floor(position - start) : position;
    this.#rolls[this.#side].position = shown;
    const [at, length] = [position - start, end - start].map(inTenths);
    this.#setText(this.#panel.querySelector("[data-clock]"), this.#word("time", { at, length }));
    const whole = this.#field("whole");
    if (whole) whole.disabled = this.#part === WHOLE;
  }

  #bounds(side) {
    const { start, end } = this.#stretch(side);
    return [start, end];
  }

  /** A sentence of the page: see templates/portal/evidence_player.html. */
  #word(name, values = {}) {
    return fill(this.#panel.dataset[name], values);
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
      from: () => this.#loopFrom(),
      until: () => this.#loopUntil(),
      whole: () => this.#loopWhole(),
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
    context?.addEventListener("change", () => this.#setContext(context.checked));
    // Browsers bring fields back as they were left; the player begins anew.
    speed.value = "1";
    if (context) context.checked = false;
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
    i: () => this.#loopFrom(),
    o: () => this.#loopUntil(),
    w: () => this.#loopWhole(),
    "-": () => this.#stepSpeed(-1),
    "+": () => this.#stepSpeed(1),
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

if (SIDES.length) new Player(document.querySelector("#player"));
