/**
 * The player: one or two sides, of which one is heard. Buttons, keys and pictures say what is
 * wanted; the stretches know what of a side is played, the transport what sounds when; the sound
 * makes it, the panel and the pictures show it. Nothing plays by itself.
 */

import "./piano-roll.js";
import { listenToKeys } from "./player-keys.js";
import { Panel } from "./player-panel.js";
import { RecordedSound, RecordingTransport } from "./player-recording.js";
import { clamp, Transport } from "./player-schedule.js";
import { Sound } from "./player-sound.js";
import { Stretches } from "./player-stretches.js";
import { inTenths } from "./player-words.js";

const ROLL = { a: '[data-side="a"]', b: '[data-side="b"]' }; // <piano-roll> or <sound-picture>
// The pages of one piece alone have no second side.
const SIDES = ["a", "b"].filter((side) => document.querySelector(ROLL[side]));
const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5];
const TICK_MS = 40;
const AHEAD = 0.2; // seconds of notes handed to the sound
const AHEAD_HIDDEN = 1.6; // browsers wake a hidden page once a second
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

class Player {
  #panel;
  #rolls = bySide((side) => document.querySelector(ROLL[side]));
  #audios = bySide((side) => document.querySelector(`audio[data-of="${side}"]`));
  #recordings = Object.values(this.#audios).filter(Boolean); // none where notes are played
  #stretches = new Stretches(bySide((side) => this.#rolls[side].segment), this.#audios);
  #side = SIDES[0];
  #transport;
  #sound = null; // made by the first press, as browsers demand
  #ticking = null;

  constructor(panel) {
    this.#panel = panel;
    const ForThese = this.#recordings.length ? RecordingTransport : Transport;
    this.#transport = new ForThese(this.#stretches.of(this.#side));
    this.#wireRecordings();
    this.#wireRolls();
    panel.wire(this.#buttons, this.#changes);
    listenToKeys(this.#keys, () => panel.hasShortcuts);
    document.addEventListener("visibilitychange", () => this.#tick());
    this.#show();
  }

  #buttons = {
    play: () => this.toggle(),
    a: () => this.#hear("a"),
    b: () => this.#hear("b"),
    loop: () => this.#toggleLoop(),
    from: () => this.#loopFrom(),
    until: () => this.#loopUntil(),
    whole: () => this.#loopWhole(),
  };

  #changes = {
    speed: (speed) => this.#setSpeed(speed),
    volume: (volume) => this.#sound?.setVolume(volume),
    context: (withContext) => this.#restretch(() => this.#stretches.setContext(withContext)),
  };

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
    n: () => goToPair(1),
    p: () => goToPair(-1),
    "?": () => this.#panel.toggleHelp(),
  };

  // What is wanted

  async toggle() {
    if (this.#transport.isPlaying) {
      this.#stop("paused");
      return;
    }
    try {
      this.#sound ??= this.#newSound();
      await this.#sound.wake();
    } catch {
      this.#panel.say("mute");
      return;
    }
    this.#transport.play(this.#now);
    this.#ticking = setInterval(() => this.#tick(), TICK_MS);
    this.#panel.say("playing", { name: this.#name });
    this.#tick();
    this.#follow();
  }

  /** Hear one side: at the same relative place, or from a position of its own. */
  #hear(side, position) {
    if (!SIDES.includes(side)) return;
    const isOther = side !== this.#side;
    this.#side = side;
    this.#transport.switchTo(this.#now, this.#stretches.of(side), position);
    this.#again();
    if (isOther) this.#panel.say("now", { name: this.#name });
  }

  #seekBy(seconds) {
    this.#transport.seek(this.#now, this.#position + seconds);
    this.#again();
  }

  #toggleLoop() {
    this.#transport.setLoops(this.#now, !this.#transport.loops);
    this.#panel.say(this.#transport.loops ? "looping" : "straight");
    this.#show();
  }

  #loopFrom() {
    this.#loopPart(() => this.#stretches.beginAt(this.#side, this.#position));
  }

  #loopUntil() {
    this.#loopPart(() => this.#stretches.endAt(this.#side, this.#position));
  }

  #drag(side, range) {
    this.#side = side;
    if (this.#stretches.setBetween(side, range)) this.#loopPart(() => {});
  }

  #loopPart(change) {
    this.#restretch(change);
    if (!this.#transport.loops) this.#transport.setLoops(this.#now, true);
    const { start, end } = this.#transport.stretch;
    this.#panel.say("part", { start: inTenths(start), end: inTenths(end) });
    this.#show();
  }

  #loopWhole() {
    this.#restretch(() => this.#stretches.setWhole());
    this.#panel.say("whole");
  }

  /** Change what of the sides is played, and stay where it is heard. */
  #restretch(change) {
    const position = this.#position;
    change();
    this.#transport.switchTo(this.#now, this.#stretches.of(this.#side), position);
    this.#again();
  }

  #setSpeed(speed) {
    this.#transport.setSpeed(this.#now, speed);
    this.#again();
  }

  #stepSpeed(step) {
    const place = SPEEDS.indexOf(this.#transport.speed) + step;
    this.#panel.speed = SPEEDS[clamp(place, 0, SPEEDS.length - 1)];
    this.#setSpeed(this.#panel.speed);
    this.#panel.say("speed", { name: this.#panel.speedName });
  }

  // Playing

  get #now() {
    return this.#sound?.now ?? 0;
  }

  get #position() {
    return this.#transport.position(this.#now);
  }

  get #name() {
    return this.#rolls[this.#side].dataset.said;
  }

  #newSound() {
    const { volume } = this.#panel;
    return this.#recordings.length ? new RecordedSound(this.#recordings, volume) : new Sound(volume);
  }

  #wireRecordings() {
    for (const audio of this.#recordings) {
      audio.controls = false; // the player's are used
      audio.addEventListener("error", () => {
        if (this.#transport.isPlaying) this.#stop("lost");
      });
    }
  }

  #wireRolls() {
    for (const side of SIDES) {
      this.#rolls[side].addEventListener("seek", ({ detail }) => this.#hear(side, detail.position));
      this.#rolls[side].addEventListener("range", ({ detail }) => this.#drag(side, detail));
    }
  }

  #tick() {
    if (!this.#transport.isPlaying) return;
    const ahead = document.hidden ? AHEAD_HIDDEN : AHEAD;
    for (const note of this.#transport.due(this.#now, ahead)) this.#sound.play(note);
    if (this.#transport.hasEnded(this.#now)) this.#stop("ended", "let ring");
  }

  #stop(said, ring) {
    this.#transport.pause(this.#now);
    clearInterval(this.#ticking);
    if (!ring) this.#sound.silence();
    this.#panel.say(said);
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
    const { isPlaying, loops, stretch } = this.#transport;
    const { start, end } = stretch;
    const position = this.#position;
    for (const side of SIDES) this.#showSide(side, isPlaying ? position : null);
    const isStill = STILL.matches && isPlaying; // then the line goes by whole seconds
    this.#rolls[this.#side].position = isStill ? start + Math.floor(position - start) : position;
    const { isWhole } = this.#stretches;
    this.#panel.show({ isPlaying, loops, isWhole, at: position - start, length: end - start });
  }

  #showSide(side, playedAt) {
    const isHeard = side === this.#side;
    this.#rolls[side].isHeard = isHeard;
    this.#rolls[side].light(isHeard ? playedAt : null);
    this.#rolls[side].range = this.#stretches.bounds(side);
    this.#panel.press(side, isHeard);
  }
}

function bySide(make) {
  return Object.fromEntries(SIDES.map((side) => [side, make(side)]));
}

function goToPair(direction) {
  const here = document.querySelector(".pairs [aria-current]");
  const link = direction > 0 ? here?.nextElementSibling : here?.previousElementSibling;
  link?.click();
}

if (SIDES.length) new Player(new Panel(document.querySelector("#player")));
