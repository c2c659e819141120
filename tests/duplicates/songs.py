"""A song with a tune and chords, and what people do to it without making another song of it."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from symusic import Note, Score, Tempo, Track

SCALE = (0, 2, 4, 5, 7, 9, 11)


@dataclass(frozen=True)
class Song:
    """Notes as rows of (onset, length in quarters, pitch, velocity, part)."""

    rows: tuple[tuple[float, float, int, int, int], ...]
    quarters_a_minute: float = 90.0
    ticks: int = 480
    text: str = ""

    @classmethod
    def made(cls, random: np.random.Generator, n_notes: int = 160) -> Self:
        """A tune that walks through a scale over broken chords: no two seeds alike."""
        rows, at, step = [], 0.0, 14
        while len(rows) < n_notes:
            step = int(np.clip(step + random.choice([-3, -2, -1, 1, 1, 2, 4]), 7, 21))
            length = float(random.choice([0.5, 0.5, 1.0, 1.5]))
            rows.append((at, length, 48 + 12 * (step // 7) + SCALE[step % 7], 90, 0))
            at += length
        for beat in range(int(at)):
            degree = int(random.choice([0, 3, 4])) + 2 * (beat % 3)
            rows.append((float(beat), 1.0, 36 + 12 * (degree // 7) + SCALE[degree % 7], 60, 1))
        return cls(tuple(sorted(rows)))

    def transposed(self, semitones: int) -> Self:
        return self._each(lambda row: (*row[:2], row[2] + semitones, *row[3:]))

    def slower(self, factor: float) -> Self:
        return replace(self, quarters_a_minute=self.quarters_a_minute / factor)

    def stretched(self, factor: float) -> Self:
        """Written in other note values, as a recorded performance is."""
        return self._each(lambda row: (row[0] * factor, row[1] * factor, *row[2:]))

    def cut(self, first: float, last: float) -> Self:
        end = max(row[0] for row in self.rows)
        kept = [row for row in self.rows if first * end <= row[0] < last * end]
        begins = min(row[0] for row in kept)
        return replace(self, rows=tuple((row[0] - begins, *row[1:]) for row in kept))

    def in_one_part(self) -> Self:
        return self._each(lambda row: (*row[:4], 0))

    def without_accompaniment(self) -> Self:
        return replace(self, rows=tuple(row for row in self.rows if row[4] == 0))

    def with_wrong_notes(self, part: float, random: np.random.Generator) -> Self:
        """Some notes lost, and as many others there instead."""
        lost = random.random(len(self.rows)) < part
        wrong = tuple(
            (*row[:2], int(random.integers(40, 84)), *row[3:])
            for row in self.rows
            if random.random() < part
        )
        kept = tuple(row for row, is_lost in zip(self.rows, lost, strict=True) if not is_lost)
        return replace(self, rows=tuple(sorted(kept + wrong)))

    def encoded(self, ticks: int, velocity: int, text: str) -> Self:
        """The same notes in other bytes."""
        bent = self._each(lambda row: (*row[:3], velocity, row[4]))
        return replace(bent, ticks=ticks, text=text)

    def midi(self) -> bytes:
        score = Score(self.ticks)
        score.tempos.append(Tempo(0, self.quarters_a_minute))
        for part in sorted({row[4] for row in self.rows}):
            track = Track(f"{self.text} {part}", part, False)
            for onset, length, pitch, velocity, of in self.rows:
                if of == part:
                    at, lasts = round(onset * self.ticks), max(round(length * self.ticks), 1)
                    track.notes.append(Note(at, lasts, pitch, velocity))
            score.tracks.append(track)
        return bytes(score.dumps_midi())

    def _each(self, change) -> Self:  # type: ignore[no-untyped-def]
        return replace(self, rows=tuple(sorted(change(row) for row in self.rows)))
