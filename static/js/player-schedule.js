/**
 * What sounds when: the player's arithmetic, without sound and without a page. All times are
 * seconds; `now` is the sound clock's, positions are the piece's. A stretch is what is played of a
 * piece: { start, end, notes }, notes ascending by onset: { onset, duration, pitch, velocity }.
 */

const SHORTEST_STRETCH = 0.5; // so that a silent segment can be looped too
const SHORTEST_PART = 0.1; // of a loop that was selected
const LEAD_IN = 0.06; // between being asked and the first sound, to be in time for it

/** The part of a drawn segment that is played: its own notes, or with those before and after. */
export function stretchOf(segment, withContext) {
  const start = withContext ? segment.from : segment.begins;
  const end = withContext ? segment.until : segment.ends;
  const notes = withContext ? segment.notes : segment.notes.filter((note) => !note.isContext);
  return { start, end: Math.max(end, start + SHORTEST_STRETCH), notes };
}

/** A part of a stretch, `from` and `to` between 0 and 1: its notes are cut at its edges. */
export function partOf(stretch, { from, to }) {
  const length = stretch.end - stretch.start;
  const start = stretch.start + from * length;
  const end = Math.max(stretch.start + to * length, start + SHORTEST_PART);
  const notes = stretch.notes
    .filter((note) => note.onset < end && note.onset + note.duration > start)
    .map((note) => cutTo(note, start, end));
  return { ...stretch, start, end, notes };
}

function cutTo(note, start, end) {
  const onset = Math.max(note.onset, start);
  return { ...note, onset, duration: Math.min(note.onset + note.duration, end) - onset };
}

/** The place in another stretch that is as far from its beginning as this one, relatively. */
export function sameRelativePosition(position, from, to) {
  const part = (position - from.start) / (from.end - from.start);
  return to.start + clamp(part, 0, 1) * (to.end - to.start);
}

export function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

/**
 * Where playing stands, and which notes come next.
 *
 * How far the music came is counted in one line that does not wrap: in a loop it runs on, lap after
 * lap, and the position is what is left of it after whole laps.
 */
export class Transport {
  #stretch;
  #rest; // the position while nothing plays
  #anchor = null; // { time, travelled } while something does
  #scheduled = 0; // how far notes were handed out
  #isFresh = false; // whether notes that sound already are still to be handed out
  #speed = 1;
  #loops = false;

  constructor(stretch) {
    this.#stretch = stretch;
    this.#rest = stretch.start;
  }

  get isPlaying() {
    return this.#anchor !== null;
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

  position(now) {
    if (!this.isPlaying) return this.#rest;
    return this.#stretch.start + this.#wrapped(this.#travelled(now));
  }

  play(now) {
    const atEnd = this.#rest >= this.#stretch.end;
    this.#begin(now, atEnd ? this.#stretch.start : this.#rest);
  }

  pause(now) {
    this.#rest = this.position(now);
    this.#anchor = null;
  }

  /** Go on from another position, playing or not. */
  seek(now, position) {
    const place = clamp(position, this.#stretch.start, this.#stretch.end);
    if (this.isPlaying) this.#begin(now, place);
    else this.#rest = place;
  }

  /** Go on in another stretch, at the same relative place unless another is named. */
  switchTo(now, stretch, position) {
    const place = position ?? sameRelativePosition(this.position(now), this.#stretch, stretch);
    this.#stretch = stretch;
    this.seek(now, place);
  }

  setSpeed(now, speed) {
    const place = this.position(now);
    this.#speed = speed;
    this.seek(now, place);
  }

  /** Notes that were handed out already stay right: the place in the lap is the same. */
  setLoops(now, loops) {
    if (this.isPlaying) {
      const travelled = this.#travelled(now);
      const ahead = this.#scheduled - travelled;
      this.#anchor = { time: now, travelled: this.#wrapped(travelled) };
      this.#scheduled = this.#anchor.travelled + ahead;
    }
    this.#loops = loops;
  }

  hasEnded(now) {
    return this.isPlaying && !this.#loops && this.#travelled(now) >= this.#length;
  }

  /** The notes that begin until `ahead` from now and were not handed out yet. */
  due(now, ahead) {
    if (!this.isPlaying) return [];
    const until = this.#travelled(now + ahead);
    const from = this.#scheduled;
    if (until <= from) return [];
    const ringing = this.#isFresh ? this.#ringing(from) : [];
    this.#scheduled = until;
    this.#isFresh = false;
    return [...ringing, ...this.#beginning(from, until)];
  }

  get #length() {
    return this.#stretch.end - this.#stretch.start;
  }

  #begin(now, position) {
    const travelled = position - this.#stretch.start;
    this.#anchor = { time: now + LEAD_IN, travelled };
    this.#scheduled = travelled;
    this.#isFresh = true;
  }

  #travelled(now) {
    const since = Math.max(now - this.#anchor.time, 0);
    return this.#anchor.travelled + since * this.#speed;
  }

  #wrapped(travelled) {
    return this.#loops ? travelled % this.#length : Math.min(travelled, this.#length);
  }

  /** Notes that began before `travelled` and last beyond it: what is left of them. */
  #ringing(travelled) {
    const position = this.#stretch.start + travelled;
    return this.#stretch.notes
      .filter((note) => note.onset < position && position < note.onset + note.duration)
      .map((note) => this.#event(note, travelled, note.onset + note.duration - position));
  }

  #beginning(from, until) {
    const events = [];
    const last = this.#loops ? Math.floor(until / this.#length) : 0;
    for (let lap = Math.min(Math.floor(from / this.#length), last); lap <= last; lap += 1) {
      for (const note of this.#stretch.notes) {
        const at = lap * this.#length + note.onset - this.#stretch.start;
        if (at >= from && at < until) events.push(this.#event(note, at, note.duration));
      }
    }
    return events;
  }

  #event(note, travelled, duration) {
    return {
      at: this.#anchor.time + (travelled - this.#anchor.travelled) / this.#speed,
      duration: duration / this.#speed,
      pitch: note.pitch,
      velocity: note.velocity,
    };
  }
}
