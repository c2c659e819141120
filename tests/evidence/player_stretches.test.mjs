import assert from "node:assert/strict";
import test from "node:test";

import { Stretches } from "../../static/js/player-stretches.js";

const SEGMENTS = {
  a: { begins: 2, ends: 6, from: 0, until: 8, notes: [] }, // 4 seconds, 8 with its neighbours
  b: { begins: 10, ends: 20, from: 8, until: 22, notes: [] },
};
const AUDIOS = { a: null, b: null };

function bounds(stretches, side) {
  const { start, end } = stretches.of(side);
  return [start, end];
}

test("at first the whole segments are played, and no part is marked", () => {
  const stretches = new Stretches(SEGMENTS, AUDIOS);
  assert.deepEqual(bounds(stretches, "a"), [2, 6]);
  assert.deepEqual(bounds(stretches, "b"), [10, 20]);
  assert.equal(stretches.bounds("a"), null);
});

test("a part is the same of both sides", () => {
  const stretches = new Stretches(SEGMENTS, AUDIOS);
  stretches.beginAt("a", 3);
  stretches.endAt("a", 4);
  assert.deepEqual(stretches.bounds("a"), [3, 4]);
  assert.deepEqual(stretches.bounds("b"), [12.5, 15]);
});

test("a beginning behind the end takes the rest, an end before the beginning the first", () => {
  const stretches = new Stretches(SEGMENTS, AUDIOS);
  stretches.setBetween("b", { start: 11, end: 13 });
  stretches.beginAt("b", 15);
  assert.deepEqual(stretches.bounds("b"), [15, 20]);
  stretches.endAt("b", 12);
  assert.deepEqual(stretches.bounds("b"), [10, 12]);
});

test("a part of no length is refused and changes nothing", () => {
  const stretches = new Stretches(SEGMENTS, AUDIOS);
  assert.equal(stretches.setBetween("a", { start: 4, end: 4 }), false);
  assert.equal(stretches.isWhole, true);
});

test("the neighbours are played if wanted, and a part ends with the change", () => {
  const stretches = new Stretches(SEGMENTS, AUDIOS);
  stretches.beginAt("a", 3);
  stretches.setContext(true);
  assert.deepEqual(bounds(stretches, "a"), [0, 8]);
  assert.equal(stretches.isWhole, true);
  stretches.endAt("a", 4);
  stretches.setWhole();
  assert.deepEqual(bounds(stretches, "b"), [8, 22]);
});
