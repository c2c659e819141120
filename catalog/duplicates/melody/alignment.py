"""Of two pieces: which stretch of one is which of the other, and how many of the notes agree.

Every word that both have proposes a transposition, a ratio of tempi and an offset. The proposals
vote, those of rare words more; the line `onset in B = ratio · onset in A + offset` that wins is
fitted to its voters, and then every note of both pieces within it is looked for in the other one.
That last step is what decides: two songs that share turns of phrase share few of the notes between.

One straight line is sought, so a copy that repeats or leaves out a verse is told by its longest
stretch alone.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from catalog.duplicates.melody.notes import FloatArray, IntArray, Notes
from catalog.duplicates.melody.shingles import Shingles, shingles, top_line

PITCHES = 128
MOST_PAIRS_A_WORD = 64
BINS_AN_OCTAVE = 24  # of ratios of tempi: 3 % each
LARGEST_OCTAVES = 3.0
SLOWEST = 1 / 5  # no copy is written five times as long
OFFSET_BIN = 0.5  # quarters
NEAR = 0.2  # of a quarter: two notes at the same place
FEWEST_VOTES = 5
FEWEST_NOTES = 24
# What is sure enough to show to a person: pairs that share turns of phrase alone hardly reach a
# half (docs/concepts/duplicates.md).
LEAST_SCORE = 0.65
TRIED_KEYS, TRIED_OFFSETS = 2, 3
TOLERANCES = (1.0, 0.5, 0.25)  # quarters, as the fit gets better
_BIG = 1 << 20


@dataclass(frozen=True)
class Alignment:
    """What of A is in B. Bars count from 1 and are inclusive; seconds are of each file."""

    transposition: int  # semitones from A to B
    slowdown: float  # how much longer the stretch lasts in B: 1.08 is 8 % slower
    matched: int  # notes of A that are in B
    covered_a: float  # part of A's notes within the stretch that are in B
    covered_b: float
    agreement: float  # notes that agree, one for one, of the sparser piece's within the stretch
    melody: float  # part of the tune's notes that agree, of the piece with the sparser one
    stretch: float  # how much of the shorter piece the stretch is
    bars_a: tuple[int, int]
    bars_b: tuple[int, int]
    seconds_a: tuple[float, float]
    seconds_b: tuple[float, float]

    @property
    def score(self) -> float:
        """0 to 1: how sure it is that this is one piece of music."""
        return self.agreement * min(1.0, 0.5 + self.stretch)


@dataclass(frozen=True)
class _Line:
    """onset in B = ratio · onset in A + offset, with what is transposed by how much."""

    ratio: float
    offset: float
    transposition: int

    def to_b(self, onset: FloatArray) -> FloatArray:
        return self.ratio * onset + self.offset


@dataclass(frozen=True)
class _Votes:
    """Words that both have, each as a proposal."""

    at_a: FloatArray  # (n,) in quarters
    at_b: FloatArray  # (n,)
    transposition: IntArray  # (n,)
    octaves: FloatArray  # (n,) log2 of the ratio of their spans
    weight: FloatArray  # (n,)

    def take(self, chosen: NDArray[np.bool_]) -> "_Votes":
        return _Votes(
            self.at_a[chosen],
            self.at_b[chosen],
            self.transposition[chosen],
            self.octaves[chosen],
            self.weight[chosen],
        )


def align(a: Notes, b: Notes) -> Alignment | None:
    """The best agreement of two pieces; None where there is none worth telling."""
    votes = _votes(shingles(a), shingles(b))
    measured = [_measured(a, b, line) for line in _lines(votes)]
    told = [each for each in measured if each is not None]
    return max(told, key=lambda each: (each.score, each.matched), default=None)


def _votes(a: Shingles, b: Shingles) -> _Votes:
    """Every pair of places with the same word, unless it stands in too many."""
    order_a, order_b = np.argsort(a.word, kind="stable"), np.argsort(b.word, kind="stable")
    words_a, words_b = a.word[order_a], b.word[order_b]
    first = np.searchsorted(words_b, words_a, side="left")
    count = np.searchsorted(words_b, words_a, side="right") - first
    in_a = np.searchsorted(words_a, words_a, side="right") - np.searchsorted(words_a, words_a)
    is_told = (count > 0) & (count * in_a <= MOST_PAIRS_A_WORD)
    first, count, in_a = first[is_told], count[is_told], in_a[is_told]
    before = np.cumsum(count) - count
    left = np.repeat(order_a[is_told], count)
    right = order_b[np.repeat(first - before, count) + np.arange(int(count.sum()))]
    return _Votes(
        at_a=a.onset[left],
        at_b=b.onset[right],
        transposition=b.pitch[right] - a.pitch[left],
        octaves=np.log2(b.span[right] / a.span[left]),
        weight=np.repeat(1.0 / (count * in_a), count),
    )


def _lines(votes: _Votes) -> list[_Line]:
    """The lines with most votes, some for each of the likeliest transpositions."""
    ballots = np.bincount(votes.transposition + PITCHES, votes.weight, minlength=2 * PITCHES)
    lines: list[_Line] = []
    for place in _winners(ballots, TRIED_KEYS):
        transposition = place - PITCHES
        chosen = votes.take(votes.transposition == transposition)
        if len(chosen.weight) >= FEWEST_VOTES:
            lines += _lines_in(chosen, transposition)
    return lines


def _lines_in(votes: _Votes, transposition: int) -> list[_Line]:
    """The likeliest lines among the votes for one transposition."""
    octaves = np.clip(votes.octaves, -LARGEST_OCTAVES, LARGEST_OCTAVES)
    bins = np.rint((octaves + LARGEST_OCTAVES) * BINS_AN_OCTAVE).astype(np.int64)
    [likeliest] = _winners(np.bincount(bins, votes.weight), 1)
    ratio = 2.0 ** (likeliest / BINS_AN_OCTAVE - LARGEST_OCTAVES)
    offset = votes.at_b - ratio * votes.at_a
    places = np.floor((offset - offset.min()) / OFFSET_BIN).astype(np.int64)
    ballots = np.bincount(places, votes.weight, minlength=int(places.max()) + 2)
    both = ballots[:-1] + ballots[1:]  # two bins side by side, so that no edge cuts a line
    fitted = [
        _fitted(votes, (places == at) | (places == at + 1), transposition)
        for at in _winners(both, TRIED_OFFSETS)
    ]
    return [line for line in fitted if line is not None]


def _fitted(votes: _Votes, near: NDArray[np.bool_], transposition: int) -> _Line | None:
    """The line through some votes, drawn again through all that are near it."""
    for tolerance in TOLERANCES:
        if near.sum() < FEWEST_VOTES or np.ptp(votes.at_a[near]) <= 0:
            return None
        at_a, at_b, weight = votes.at_a[near], votes.at_b[near], votes.weight[near]
        ratio, offset = np.polyfit(at_a, at_b, 1, w=weight)
        if not SLOWEST <= ratio <= 1 / SLOWEST:
            return None
        near = np.abs(ratio * votes.at_a + offset - votes.at_b) <= tolerance * max(ratio, 1.0)
    return _Line(float(ratio), float(offset), transposition)


def _winners(ballots: NDArray[Any], most: int) -> list[int]:
    """The places with most votes that are no neighbours of one with more."""
    chosen: list[int] = []
    for at in np.argsort(-ballots, kind="stable")[: 3 * most].tolist():
        if ballots[at] > 0 and all(abs(at - other) > 1 for other in chosen):
            chosen.append(at)
    return chosen[:most]


def _measured(a: Notes, b: Notes, line: _Line) -> Alignment | None:
    """What agrees along a line, note by note."""
    tolerance = NEAR * max(line.ratio, 1.0)
    at = line.to_b(a.onset)
    begins, ends = max(at[0], b.onset[0]) - tolerance, min(at[-1], b.onset[-1]) + tolerance
    in_a = np.flatnonzero((at >= begins) & (at <= ends))
    in_b = np.flatnonzero((b.onset >= begins) & (b.onset <= ends))
    if min(len(in_a), len(in_b)) < FEWEST_NOTES:
        return None
    height = a.pitch + line.transposition
    found_a = _are_in(at[in_a], height[in_a], b.onset[in_b], b.pitch[in_b], tolerance)
    found_b = _are_in(b.onset[in_b], b.pitch[in_b], at[in_a], height[in_a], tolerance)
    if found_a.sum() < FEWEST_NOTES:
        return None
    hit_a, hit_b = in_a[found_a], in_b[found_b]
    seconds_a, seconds_b = _seconds(a, hit_a), _seconds(b, hit_b)
    shorter = min(at[-1] - at[0], b.onset[-1] - b.onset[0])
    is_sparser_a = len(in_a) < len(in_b)
    tune, hits = (top_line(a, in_a), hit_a) if is_sparser_a else (top_line(b, in_b), hit_b)
    return Alignment(
        transposition=line.transposition,
        slowdown=(seconds_b[1] - seconds_b[0]) / max(seconds_a[1] - seconds_a[0], 1e-3),
        matched=int(found_a.sum()),
        covered_a=float(found_a.mean()),
        covered_b=float(found_b.mean()),
        agreement=min(int(found_a.sum()), int(found_b.sum())) / min(len(in_a), len(in_b)),
        melody=float(np.isin(tune, hits).mean()),
        stretch=float(min((ends - begins) / max(shorter, 1e-9), 1.0)),
        bars_a=(int(a.bar[hit_a[0]]), int(a.bar[hit_a[-1]])),
        bars_b=(int(b.bar[hit_b[0]]), int(b.bar[hit_b[-1]])),
        seconds_a=seconds_a,
        seconds_b=seconds_b,
    )


def _are_in(
    onset: FloatArray, pitch: IntArray, others: FloatArray, other_pitch: IntArray, near: float
) -> NDArray[np.bool_]:
    """Which notes have one of the same pitch among the others, nearly at the same time.  (n,)"""
    key, place = np.sort(other_pitch * _BIG + others), pitch * _BIG + onset
    after = np.searchsorted(key, place)
    left = np.abs(place - key[np.maximum(after - 1, 0)])
    right = np.abs(place - key[np.minimum(after, len(key) - 1)])
    found: NDArray[np.bool_] = np.minimum(left, right) <= near
    return found


def _seconds(notes: Notes, places: IntArray) -> tuple[float, float]:
    return float(notes.onset_seconds[places[0]]), float(notes.end_seconds[places].max())
