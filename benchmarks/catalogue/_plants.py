"""Copies of MIDI files: the same song to anybody who listens, and other bytes to a machine."""

from collections.abc import Callable

import numpy as np
from symusic.core import NoteTick, ScoreTick, TempoTick, TrackTick

Bend = Callable[[ScoreTick, np.random.Generator], ScoreTick]


def transposed(score: ScoreTick, random: np.random.Generator) -> ScoreTick:
    semitones = int(random.choice([-5, -4, -3, -2, -1, 1, 2, 3, 4, 5]))
    return _each(score, lambda note: _note(note, pitch=note.pitch + semitones))


def other_tempo(score: ScoreTick, random: np.random.Generator) -> ScoreTick:
    """8 to 40 % slower or faster by its tempo marks."""
    factor = float(np.exp(random.choice([-1, 1]) * random.uniform(0.08, 0.34)))
    tempi = {0: 120.0} | {tempo.time: tempo.qpm for tempo in score.tempos}
    bent = score.copy()
    bent.tempos.clear()
    for time, qpm in sorted(tempi.items()):
        bent.tempos.append(TempoTick(time, qpm * factor))
    return bent


def other_values(score: ScoreTick, random: np.random.Generator) -> ScoreTick:
    """All note values longer or shorter, as where a performance was recorded without a beat."""
    factor = float(np.exp(random.choice([-1, 1]) * random.uniform(0.08, 0.69)))
    return _each(
        score,
        lambda note: _note(
            note, time=round(note.time * factor), duration=max(round(note.duration * factor), 1)
        ),
    )


def first_third(score: ScoreTick, _random: np.random.Generator) -> ScoreTick:
    return _cut(score, 0, 1 / 3)


def last_third(score: ScoreTick, _random: np.random.Generator) -> ScoreTick:
    return _cut(score, 2 / 3, 1)


def reencoded(score: ScoreTick, random: np.random.Generator) -> ScoreTick:
    """96 ticks a quarter, onsets on a grid of a sixteenth's third, all struck alike, one part."""
    bent = ScoreTick(96)
    part = TrackTick("", 0, False)
    for track in score.tracks:
        for note in track.notes:
            time = round(note.time * 96 / score.ticks_per_quarter / 8) * 8
            length = max(round(note.duration * 96 / score.ticks_per_quarter), 1)
            part.notes.append(NoteTick(time, length, note.pitch, int(random.integers(60, 90))))
    part.notes.sort()
    bent.tracks.append(part)
    return bent


def wrong_notes(score: ScoreTick, random: np.random.Generator) -> ScoreTick:
    """Of every hundred notes five are lost, and five are there that should not be."""
    bent = score.copy()
    for track in bent.tracks:
        kept = [note for note in track.notes if random.random() >= 0.05]
        strange = [
            _note(note, pitch=int(note.pitch + random.integers(-7, 8)), time=note.time + 60)
            for note in kept
            if random.random() < 0.05
        ]
        track.notes.clear()
        for note in sorted(kept + strange, key=lambda each: each.time):
            track.notes.append(note)
    return bent


def voice_alone(score: ScoreTick, _random: np.random.Generator) -> ScoreTick:
    """The first part that has notes, which is the voice in these songs."""
    bent = score.copy()
    parts = [track for track in score.tracks if len(track.notes)]
    bent.tracks.clear()
    bent.tracks.append(parts[0].copy())
    return bent


def everything(score: ScoreTick, random: np.random.Generator) -> ScoreTick:
    """Transposed, at another tempo, cut to the first two thirds, re-encoded, with wrong notes."""
    bent = _cut(transposed(score, random), 0, 2 / 3)
    return wrong_notes(reencoded(other_tempo(bent, random), random), random)


PLANTS: dict[str, Bend] = {
    "transposed": transposed,
    "other tempo": other_tempo,
    "other note values": other_values,
    "first third": first_third,
    "last third": last_third,
    "re-encoded": reencoded,
    "5 % wrong notes": wrong_notes,
    "voice alone": voice_alone,
    "combined": everything,
}


def _cut(score: ScoreTick, first: float, last: float) -> ScoreTick:
    end = max(note.time for track in score.tracks for note in track.notes)
    bent = score.copy()
    for track in bent.tracks:
        kept = [note for note in track.notes if first * end <= note.time < last * end]
        track.notes.clear()
        for note in kept:
            track.notes.append(_note(note, time=round(note.time - first * end)))
    return bent


def _each(score: ScoreTick, change: Callable[[NoteTick], NoteTick]) -> ScoreTick:
    bent = score.copy()
    for track in bent.tracks:
        notes = [change(note) for note in track.notes]
        track.notes.clear()
        for note in notes:
            if 0 <= note.pitch <= 127:
                track.notes.append(note)
    return bent


def _note(
    note: NoteTick,
    *,
    time: int | None = None,
    duration: int | None = None,
    pitch: int | None = None,
) -> NoteTick:
    return NoteTick(
        note.time if time is None else time,
        note.duration if duration is None else duration,
        note.pitch if pitch is None else pitch,
        note.velocity,
    )
