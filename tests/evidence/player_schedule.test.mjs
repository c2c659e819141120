/** What the player's arithmetic promises; run by test_player_schedule.py. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { partOf, sameRelativePosition, stretchOf, Transport } from "../../static/js/player-schedule.js";

const LEAD_IN = 0.06;

/** Four notes of half a second, from 10 to 12 s, each its own pitch. */
const WALTZ = {
  start: 10,
  end: 12,
  notes: [60, 62, 64, 65].map((pitch, beat) => ({
    onset: 10 + beat / 2,
    duration: 0.5,
    pitch,
    velocity: 80,
  })),
};
const LONG = { start: 0, end: 8, notes: [{ onset: 0, duration: 8, pitch: 36, velocity: 80 }] };

/** Everything that is handed out when asked every 40 ms, as the page does. */
function listen(transport, from, until) {
  const heard = [];
  for (let now = from; now < until; now += 0.04) heard.push(...transport.due(now, 0.2));
  return heard;
}

const pitches = (events) => events.map((event) => event.pitch);
const close = (actual, expected) => assert.ok(Math.abs(actual - expected) < 1e-6, `${actual} is not ${expected}`);

test("nothing sounds before it is asked to", () => {
  const transport = new Transport(WALTZ);
  assert.equal(transport.isPlaying, false);
  assert.deepEqual(listen(transport, 0, 5), []);
  assert.equal(transport.position(99), 10);
});

test("every note is handed out once, at its moment", () => {
  const transport = new Transport(WALTZ);
  transport.play(100);
  const heard = listen(transport, 100, 103);
  assert.deepEqual(pitches(heard), [60, 62, 64, 65]);
  heard.forEach((event, beat) => close(event.at, 100 + LEAD_IN + beat / 2));
});

test("notes are handed out before they sound, never after", () => {
  const transport = new Transport(WALTZ);
  transport.play(0);
  for (let now = 0; now < 3; now += 0.15) {
    for (const event of transport.due(now, 0.2)) assert.ok(event.at >= now);
  }
});

test("at half the speed everything takes twice as long", () => {
  const transport = new Transport(WALTZ);
  transport.setSpeed(0, 0.5);
  transport.play(0);
  const heard = listen(transport, 0, 5);
  heard.forEach((event, beat) => close(event.at, LEAD_IN + beat));
  heard.forEach((event) => close(event.duration, 1));
});

test("a change of speed goes on from the same place", () => {
  const transport = new Transport(WALTZ);
  transport.play(0);
  close(transport.position(LEAD_IN + 1), 11);
  transport.setSpeed(LEAD_IN + 1, 0.5);
  close(transport.position(LEAD_IN + 1), 11);
  close(transport.position(2 * LEAD_IN + 2), 11.5);
});

test("it ends at the end and begins anew from the start", () => {
  const transport = new Transport(WALTZ);
  transport.play(0);
  assert.equal(transport.hasEnded(1.9), false);
  assert.equal(transport.hasEnded(2.1), true);
  transport.pause(2.1);
  assert.equal(transport.position(2.1), 12);
  transport.play(3);
  close(transport.position(3), 10);
});

test("a loop comes round without a gap and without a note twice", () => {
  const transport = new Transport(WALTZ);
  transport.setLoops(0, true);
  transport.play(0);
  const heard = listen(transport, 0, 6);
  assert.deepEqual(pitches(heard).slice(0, 9), [60, 62, 64, 65, 60, 62, 64, 65, 60]);
  heard.forEach((event, beat) => close(event.at, LEAD_IN + beat / 2));
  assert.equal(transport.hasEnded(100), false);
  close(transport.position(LEAD_IN + 5), 11);
});

test("a loop that is left ends with the lap", () => {
  const transport = new Transport(WALTZ);
  transport.setLoops(0, true);
  transport.play(0);
  listen(transport, 0, 5);
  transport.setLoops(5, false);
  close(transport.position(5), 11 - LEAD_IN);
  assert.deepEqual(pitches(listen(transport, 5, 8)), [65]);
  assert.equal(transport.hasEnded(6.1), true);
});

test("whoever seeks into a long note hears what is left of it", () => {
  const transport = new Transport(LONG);
  transport.play(0);
  listen(transport, 0, 1);
  transport.seek(1, 6);
  const [event] = transport.due(1, 0.2);
  close(event.at, 1 + LEAD_IN);
  close(event.duration, 2);
  assert.deepEqual(transport.due(1.04, 0.2), []);
});

test("seeking stays within the segment", () => {
  const transport = new Transport(WALTZ);
  transport.seek(0, -5);
  assert.equal(transport.position(0), 10);
  transport.seek(0, 500);
  assert.equal(transport.position(0), 12);
});

test("the other segment goes on at the same relative place", () => {
  close(sameRelativePosition(11, WALTZ, LONG), 4);
  const transport = new Transport(WALTZ);
  transport.play(0);
  transport.switchTo(LEAD_IN + 1, LONG);
  close(transport.position(LEAD_IN + 1), 4);
  assert.equal(transport.isPlaying, true);
});

test("the segment alone leaves out its neighbours' notes", () => {
  const segment = {
    begins: 10,
    ends: 12,
    from: 8,
    until: 14,
    notes: [
      { onset: 9, duration: 2, pitch: 50, velocity: 80, isContext: true },
      { onset: 10, duration: 1, pitch: 60, velocity: 80, isContext: false },
    ],
  };
  const alone = stretchOf(segment, false);
  assert.deepEqual([alone.start, alone.end, pitches(alone.notes)], [10, 12, [60]]);
  const more = stretchOf(segment, true);
  assert.deepEqual([more.start, more.end, pitches(more.notes)], [8, 14, [50, 60]]);
});

test("a silent segment can be played and looped", () => {
  const silent = stretchOf({ begins: 3, ends: 3, from: 1, until: 5, notes: [] }, false);
  const transport = new Transport(silent);
  transport.setLoops(0, true);
  transport.play(0);
  assert.deepEqual(listen(transport, 0, 3), []);
  assert.ok(Number.isFinite(transport.position(2)));
});

test("a selected part comes round by itself, its notes cut at its edges", () => {
  const part = partOf(WALTZ, { from: 0.375, to: 0.75 });
  assert.deepEqual([part.start, part.end], [10.75, 11.5]);
  assert.deepEqual(part.notes.map(({ onset, duration }) => [onset, duration]), [[10.75, 0.25], [11, 0.5]]);
  const transport = new Transport(part);
  transport.setLoops(0, true);
  transport.play(0);
  assert.deepEqual(pitches(listen(transport, 0, 1.9)).slice(0, 5), [62, 64, 62, 64, 62]);
});

test("a part that is next to nothing is long enough to be heard", () => {
  const part = partOf(WALTZ, { from: 0.5, to: 0.5 });
  assert.ok(part.end - part.start > 0.09);
});
