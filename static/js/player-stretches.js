/**
 * What of each side is played: its whole segment, with its neighbours if wanted, or a part of it
 * that is looped. The part is the same of both sides, so it is kept as places from 0 to 1.
 */

import { partOf, sameRelativePosition, stretchOf } from "./player-schedule.js";

const WHOLE = { from: 0, to: 1 };
const PLACES = { start: 0, end: 1 };

export class Stretches {
  #segments; // by side, in seconds
  #audios; // by side, where recordings are played
  #withContext = false;
  #part = WHOLE;

  constructor(segments, audios) {
    this.#segments = segments;
    this.#audios = audios;
  }

  get isWhole() {
    return this.#part === WHOLE;
  }

  /** What is played of a side: `start` and `end` in seconds, and its `audio` if it has one. */
  of(side) {
    return this.isWhole ? this.#whole(side) : partOf(this.#whole(side), this.#part);
  }

  /** Where a part is marked on a side, in seconds; null where the whole is played. */
  bounds(side) {
    if (this.isWhole) return null;
    const { start, end } = this.of(side);
    return [start, end];
  }

  setContext(withContext) {
    this.#withContext = withContext;
    this.#part = WHOLE;
  }

  setWhole() {
    this.#part = WHOLE;
  }

  /** The part begins at a position (seconds) of a side; where it ended before, it ends last. */
  beginAt(side, position) {
    const from = this.#place(side, position);
    this.#part = { from, to: from < this.#part.to ? this.#part.to : 1 };
  }

  endAt(side, position) {
    const to = this.#place(side, position);
    this.#part = { from: to > this.#part.from ? this.#part.from : 0, to };
  }

  /** From one position of a side to another; false, and nothing is done, where that is nothing. */
  setBetween(side, { start, end }) {
    const [from, to] = [start, end].map((position) => this.#place(side, position));
    if (to > from) this.#part = { from, to };
    return to > from;
  }

  #place(side, position) {
    return sameRelativePosition(position, this.#whole(side), PLACES);
  }

  #whole(side) {
    return { ...stretchOf(this.#segments[side], this.#withContext), audio: this.#audios[side] };
  }
}
