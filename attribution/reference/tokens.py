"""Music as tokens: MIDI bytes to integers and back, and the edits that are made on tokens.

Owns the vocabulary and the reading of hostile MIDI. A piece is merged into one part and told in
time order: `TimeShift` (how long until the next onset), `Pitch` and `Duration` for each note,
`Tempo` where it changes; no bars, velocities or instruments. That is miditok's TSD at a twelfth of
a quarter for short and a quarter of a quarter for long values, about 2.5 tokens a note. It must not
know about models, segments or who owns a piece.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from miditok import TSD, TokenizerConfig
from numpy.typing import NDArray
from symusic.core import NoteTickList, ScoreTick, TempoTick, TrackTick

from attribution.reference.arrays import AnyTokens, IntArray, Tokens

MAX_BYTES = 4 * 2**20
MAX_EVENTS = 50_000
MAX_QUARTERS = 20_000
PITCHES = (21, 108)  # the keys of a piano
TEMPI = (20.0, 300.0)  # quarters a minute
GRID = 12  # ticks a quarter
VELOCITY = 80


class UnreadableMusic(ValueError):
    """A file is not music that can be read; the message names the file and says why."""


def read_midi(data: bytes, name: str) -> ScoreTick:
    """Parses MIDI from outside. Raises UnreadableMusic."""
    if len(data) > MAX_BYTES:
        raise UnreadableMusic(
            f"{name} has {len(data):,} bytes; a MIDI file may have {MAX_BYTES:,} at most."
        )
    try:
        score = ScoreTick.from_midi(data)
    except (RuntimeError, ValueError, TypeError, UnicodeDecodeError, MemoryError) as error:
        raise UnreadableMusic(f"{name} is not a readable MIDI file: {error}") from error
    if score.ticks_per_quarter < 1:
        raise UnreadableMusic(f"{name} does not say how long a quarter note is.")
    n_events = len(score.tempos) + sum(len(track.notes) for track in score.tracks)
    if n_events > MAX_EVENTS:
        raise UnreadableMusic(
            f"{name} has {n_events:,} notes and tempi; a piece may have {MAX_EVENTS:,} at most."
        )
    return score


class _Notes(NamedTuple):
    time: IntArray  # (n,) onset, in twelfths of a quarter once quantised
    duration: IntArray  # (n,)
    pitch: IntArray  # (n,)

    def take(self, chosen: NDArray[Any]) -> "_Notes":
        return _Notes(self.time[chosen], self.duration[chosen], self.pitch[chosen])


def _pitched_notes(score: ScoreTick, name: str) -> _Notes:
    """All notes of a piano's range, in ticks. Raises UnreadableMusic when there is none."""
    parts = [track.notes.numpy() for track in score.tracks if not track.is_drum]
    columns = [
        np.concatenate([np.zeros(0), *(part[field] for part in parts)]).astype(np.int64)
        for field in ("time", "duration", "pitch")
    ]
    notes = _Notes(*columns)
    notes = notes.take((notes.pitch >= PITCHES[0]) & (notes.pitch <= PITCHES[1]))
    if not len(notes.time):
        raise UnreadableMusic(f"{name} has no note between A0 and C8.")
    limit = MAX_QUARTERS * score.ticks_per_quarter
    if notes.time.min() < 0 or (notes.time + notes.duration).max() > limit:
        raise UnreadableMusic(f"{name} is longer than {MAX_QUARTERS:,} quarter notes.")
    return notes


def _quantise(notes: _Notes, ticks_per_quarter: int) -> _Notes:
    """Twelfths of a quarter, in order; a key that is struck again is released before.

    Two parts often play the same key at once. A MIDI file cannot hold that (a release does not
    say which stroke it ends), so the later stroke wins and equal strokes become one. Lengths are
    those that have a token: quarters of a quarter above four quarters, 16 quarters at most.
    """
    half = ticks_per_quarter // 2
    start = (notes.time * GRID + half) // ticks_per_quarter
    stop = ((notes.time + notes.duration) * GRID + half) // ticks_per_quarter
    length = np.maximum(stop - start, 1)
    order = np.lexsort((-length, start, notes.pitch))
    found = _Notes(start[order], length[order], notes.pitch[order])
    same_key = found.pitch[1:] == found.pitch[:-1]
    again = np.concatenate(([False], same_key & (found.time[1:] == found.time[:-1])))
    found = found.take(~again)
    gap = np.diff(found.time, append=np.iinfo(np.int32).max)
    gap[np.flatnonzero(np.diff(found.pitch))] = np.iinfo(np.int32).max
    length = np.minimum(np.minimum(found.duration, gap), 16 * GRID)
    length = np.where(length > 4 * GRID, length - length % 3, length)
    return found._replace(duration=length).take(np.lexsort((found.pitch, found.time)))


def merge(score: ScoreTick, name: str) -> ScoreTick:
    """A new score of one part, with twelve ticks a quarter, and the tempi.

    Raises UnreadableMusic when no note is left or the piece has no sensible length.
    """
    notes = _quantise(_pitched_notes(score, name), score.ticks_per_quarter)
    merged = ScoreTick(GRID)
    part = TrackTick("Piano", 0, False)
    part.notes = NoteTickList.from_numpy(
        notes.time.astype(np.int32),
        notes.duration.astype(np.int32),
        notes.pitch.astype(np.int8),
        np.full(len(notes.time), VELOCITY, dtype=np.int8),
    )
    merged.tracks.append(part)
    last = int(notes.time.max())
    for tempo in score.tempos:
        time = (tempo.time * GRID) // score.ticks_per_quarter
        if 0 <= time <= last and TEMPI[0] <= tempo.qpm <= TEMPI[1]:
            merged.tempos.append(TempoTick(time, tempo.qpm))
    return merged


class Vocabulary:
    """The tokens, what they mean, and the way there and back. Any two instances are the same."""

    def __init__(self) -> None:
        self._codec = TSD(
            TokenizerConfig(
                pitch_range=PITCHES,
                beat_res={(0, 4): 12, (4, 16): 4},
                special_tokens=["BOS"],
                use_velocities=False,
                use_programs=False,
                use_rests=False,
                use_time_signatures=False,
                use_pitchdrum_tokens=False,
                use_tempos=True,
                num_tempos=24,
                tempo_range=(30, 240),
                log_tempos=True,
                remove_duplicated_notes=True,
            )
        )
        self.names: dict[str, int] = dict(self._codec.vocab)
        self.bos = self.names["BOS_None"]
        self.specials = (self.bos, self.names["PAD_None"])  # never part of a piece
        pitches = self._tokens_of("Pitch")
        self.pitches = range(int(pitches.min()), int(pitches.max()) + 1)
        self.shifts = self._tokens_of("TimeShift")
        self.tempi = self._tokens_of("Tempo")
        self.quarters = np.zeros(len(self))  # (n_tokens,) how far each token moves the time
        for name, token in self.names.items():
            kind, _, value = name.partition("_")
            if kind == "TimeShift":
                whole, part, resolution = map(int, value.split("."))
                self.quarters[token] = whole + part / resolution

    def __len__(self) -> int:
        return len(self.names)

    def _tokens_of(self, kind: str) -> Tokens:
        found = [token for name, token in self.names.items() if name.startswith(kind + "_")]
        return np.array(sorted(found), dtype=np.int16)

    def sha256(self) -> str:
        """Changes when any token comes to mean something else."""
        return hashlib.sha256(json.dumps(self.names, sort_keys=True).encode()).hexdigest()

    def encode(self, data: bytes, name: str) -> Tokens:
        """The tokens of a MIDI file, without start token: (n,). Raises UnreadableMusic."""
        score = merge(read_midi(data, name), name)
        encoded = self._codec.encode(score)
        sequence = encoded[0] if isinstance(encoded, list) else encoded
        return np.array(sequence.ids, dtype=np.int16)

    def encode_file(self, path: Path) -> Tokens:
        """As `encode`, never reading more than a MIDI file may have. Raises UnreadableMusic."""
        try:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except OSError as error:
            raise UnreadableMusic(f"{path.name} cannot be read: {error.strerror}.") from error
        return self.encode(data, path.name)

    def decode(self, tokens: AnyTokens) -> bytes:
        """A MIDI file of these tokens; those that make no sense where they stand are passed over.

        Raises ValueError for a number that is no token.
        """
        if len(tokens) and not (tokens.min() >= 0 and tokens.max() < len(self)):
            raise ValueError(f"Tokens go from 0 to {len(self) - 1}, not to {tokens.max()}.")
        ids = [int(token) for token in tokens if token not in self.specials]
        midi: bytes = self._codec.decode([ids]).dumps_midi()
        return midi

    def transpose(self, tokens: Tokens, semitones: int) -> Tokens:
        """The same music higher or lower. Raises ValueError when it leaves the piano."""
        is_pitch = (tokens >= self.pitches.start) & (tokens < self.pitches.stop)
        moved = tokens[is_pitch] + semitones
        if len(moved) and not (moved.min() in self.pitches and moved.max() in self.pitches):
            raise ValueError(f"Transposed by {semitones} semitones the piece leaves the piano.")
        result = tokens.copy()
        result[is_pitch] = moved
        return result

    def excerpt(self, tokens: Tokens, start_quarters: float, stop_quarters: float) -> Tokens:
        """What begins at start ≤ time < stop, moved to time 0, with the tempo that reigns there.

        Raises ValueError when nothing does.
        """
        onset = np.cumsum(self.quarters[tokens])  # (n,) time at each token
        inside = (onset >= start_quarters) & (onset < stop_quarters)
        inside &= ~np.isin(tokens, self.shifts)
        found = np.flatnonzero(inside)
        if not len(found):
            raise ValueError(f"Nothing begins from {start_quarters} to {stop_quarters} quarters.")
        slice_ = tokens[found[0] : found[-1] + 1]
        before = tokens[: found[0]]
        tempo = before[np.isin(before, self.tempi)][-1:]
        return np.concatenate((tempo, slice_))

    def concatenate(self, pieces: Sequence[Tokens]) -> Tokens:
        """One piece after the other, each a quarter after the last onset of the one before."""
        pause = np.array([self.names["TimeShift_1.0.12"]], dtype=np.int16)
        parts = [part for piece in pieces for part in (pause, piece)]
        return np.concatenate(parts[1:])
