/**
 * Recordings as the player plays them: what `Transport` and `Sound` are for notes, over <audio>
 * elements. The browser fetches what it plays by itself; a stretch names its `audio`.
 */

import { clamp, sameRelativePosition } from "./player-schedule.js";

export class RecordingTransport {
  #stretch;
  #isPlaying = false;
  #loops = false;
  #speed = 1;

  constructor(stretch) {
    this.#stretch = stretch;
  }

  get isPlaying() {
    return this.#isPlaying;
  }

  get speed() {
    return this.#speed;
  }

  get loops() {
    return this.#loops;
  }

  get stretch() {
    return this.#stretch;
  }

  position() {
    const { audio, start, end } = this.#stretch;
    return clamp(audio.currentTime, start, end);
  }

  play() {
    const { audio, start, end } = this.#stretch;
    if (audio.currentTime < start || audio.currentTime >= end || audio.ended) {
      audio.currentTime = start;
    }
    audio.playbackRate = this.#speed;
    this.#isPlaying = true;
    audio.play().catch(() => audio.dispatchEvent(new Event("error")));
  }

  pause() {
    this.#stretch.audio.pause();
    this.#isPlaying = false;
  }

  seek(now, position) {
    const { audio, start, end } = this.#stretch;
    audio.currentTime = clamp(position, start, end);
  }

  switchTo(now, stretch, position) {
    const place = position ?? sameRelativePosition(this.position(), this.#stretch, stretch);
    const wasPlaying = this.#isPlaying;
    if (stretch.audio !== this.#stretch.audio) this.pause();
    this.#stretch = stretch;
    this.seek(now, place);
    if (wasPlaying && !this.#isPlaying) this.play();
  }

  setSpeed(now, speed) {
    this.#speed = speed;
    this.#stretch.audio.playbackRate = speed;
  }

  setLoops(now, loops) {
    this.#loops = loops;
  }

  hasEnded() {
    return this.#isPlaying && !this.#loops && this.#isAtEnd;
  }

  /** No notes to hand out; where a lap ends, the next begins. */
  due() {
    if (this.#isPlaying && this.#loops && this.#isAtEnd) {
      this.#stretch.audio.currentTime = this.#stretch.start;
      this.play();
    }
    return [];
  }

  get #isAtEnd() {
    const { audio, end } = this.#stretch;
    return audio.ended || audio.currentTime >= end;
  }
}

/** The loudness of the page's recordings; there is nothing to make and nothing to end. */
export class RecordedSound {
  #recordings;

  constructor(recordings, volume) {
    this.#recordings = recordings;
    this.setVolume(volume);
  }

  get now() {
    return 0;
  }

  async wake() {}

  setVolume(volume) {
    for (const audio of this.#recordings) audio.volume = volume;
  }

  silence() {}
}
