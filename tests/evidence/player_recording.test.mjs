/** What is promised of recordings: the same as of notes. Run by test_player_schedule.py. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { RecordingTransport } from "../../static/js/player-recording.js";
import { partOf } from "../../static/js/player-schedule.js";

/** As much of an <audio> element as the player uses. */
function recording() {
  return {
    currentTime: 0,
    playbackRate: 1,
    ended: false,
    paused: true,
    async play() {
      this.paused = false;
      this.ended = false;
    },
    pause() {
      this.paused = true;
    },
  };
}

const stretch = (audio, start, end) => ({ audio, start, end, notes: [] });

test("it plays from the stretch's beginning and ends where it ends", () => {
  const audio = recording();
  const transport = new RecordingTransport(stretch(audio, 2, 6));
  transport.play(0);
  assert.deepEqual([audio.currentTime, audio.paused], [2, false]);
  audio.currentTime = 6.01;
  assert.equal(transport.hasEnded(), true);
  assert.equal(transport.position(), 6);
});

test("a loop begins anew where its part ends, and after the file's own end", () => {
  const audio = recording();
  const part = partOf(stretch(audio, 0, 8), { from: 0.25, to: 0.5 });
  const transport = new RecordingTransport(part);
  transport.setLoops(0, true);
  transport.play(0);
  audio.currentTime = 4.1;
  transport.due();
  assert.equal(audio.currentTime, 2);
  Object.assign(audio, { ended: true, paused: true, currentTime: 3 });
  transport.due();
  assert.deepEqual([audio.currentTime, audio.paused], [2, false]);
});

test("the other recording goes on at the same relative place, and the first is silent", () => {
  const [one, other] = [recording(), recording()];
  const transport = new RecordingTransport(stretch(one, 0, 10));
  transport.setSpeed(0, 1.5);
  transport.play(0);
  one.currentTime = 5;
  transport.switchTo(0, stretch(other, 0, 4));
  assert.deepEqual([one.paused, other.paused], [true, false]);
  assert.deepEqual([other.currentTime, other.playbackRate], [2, 1.5]);
});
