"""Which pieces are unlike those beside them, and in what. Pure: numpy and scikit-learn, no Django.

Each feature is measured in robust sigmas twice: against all pieces, and against the piece's own
collection (its genre where the collection is small), so that what is odd only where it stands is
odd too. An isolation forest (Liu, Ting and Zhou 2008, "Isolation Forest") over both scores what is
set apart in several features at once; the most extreme feature beside the group is added, for what
is odd in one thing alone, which a forest over many features dilutes. Reasons are read from the
same sigmas. Fitting is deterministic by `SEED`; another way of measuring is another `VERSION`.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

VERSION, SEED, TREES = 1, 7, 300
LEAST_GROUP = 8
LEAST_PIECES = 20
MOST_SIGMAS = 12.0
REMARKABLE_SIGMAS = 3.5
MOST_REASONS = 3
# What one feature at its cap adds to the forest's score; chosen on seeds 0 to 4 of the benchmark,
# which reports other seeds.
ALONE_WEIGHT = 0.2
MAD_TO_SIGMA = 0.6745
# Names in sentences, and by how much a feature differs before anybody would notice.
FEATURES: dict[str, tuple[str, float]] = {
    "seconds": ("seconds long", 10.0),
    "notes": ("notes", 30.0),
    "notes_a_second": ("notes a second", 0.8),
    "lowest_pitch": ("is its lowest MIDI pitch", 2.0),
    "mean_pitch": ("is its mean MIDI pitch", 1.5),
    "pitch_range": ("semitones from lowest to highest", 3.0),
    "polyphony": ("notes at once", 0.4),
    "tempo_qpm": ("quarters a minute", 12.0),
    "drum_part": ("% of its notes are drums", 0.02),
    "programs": ("instruments", 0.5),
    "pitch_class_entropy": ("bits of pitch class entropy", 0.1),
    "note_seconds": ("seconds a note", 0.08),
    "velocity_spread": ("is its spread of velocity", 2.0),
    "title_letters": ("letters in the title", 8.0),
    "title_capitals": ("% of its title's letters are capitals", 0.12),
    "title_digits": ("% of its title are digits", 0.08),
    "holders": ("holders", 0.5),
    "largest_share": ("% is its largest share", 0.1),
    "writer_elsewhere": ("% of its collection is by other composers", 0.1),
}
LOGARITHMIC = {"seconds", "notes", "notes_a_second", "polyphony", "note_seconds", "tempo_qpm"}

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Piece:
    """A track's features; those that are not known are left out."""

    key: int
    values: Mapping[str, float]
    collection: str = ""
    genre: str = ""


@dataclass(frozen=True)
class Verdict:
    """How odd a piece is, from 0 to 1, and why."""

    key: int
    score: float
    reasons: tuple[str, ...]


def judge(pieces: Sequence[Piece], *, seed: int = SEED) -> list[Verdict]:
    """All pieces, the oddest first; of fewer than `LEAST_PIECES` nothing is said."""
    if len(pieces) < LEAST_PIECES:
        return []
    groups = _groups(pieces)
    values = _values(pieces)
    overall = _sigmas(values, [""] * len(pieces))
    beside = _sigmas(values, groups)
    alone = np.abs(beside).max(axis=1) / MOST_SIGMAS
    scores = _forest_scores(np.hstack([overall, beside]), seed) + ALONE_WEIGHT * alone
    scores /= 1 + ALONE_WEIGHT
    order = sorted(range(len(pieces)), key=lambda at: (-scores[at], pieces[at].key))
    raw = _values(pieces, is_raw=True)
    return [
        Verdict(pieces[at].key, float(scores[at]), _reasons(at, groups, raw, beside))
        for at in order
    ]


def sigmas(pieces: Sequence[Piece]) -> Matrix:
    """Robust sigmas of each piece beside its group, capped; (n_pieces, n_features)."""
    return _sigmas(_values(pieces), _groups(pieces))


def _groups(pieces: Sequence[Piece]) -> list[str]:
    """With which others a piece is compared: the smallest group that is large enough."""
    collections = Counter(piece.collection for piece in pieces)
    genres = Counter(piece.genre for piece in pieces)
    return [
        f"collection {piece.collection}"
        if piece.collection and collections[piece.collection] >= LEAST_GROUP
        else f"genre {piece.genre}"
        if piece.genre and genres[piece.genre] >= LEAST_GROUP
        else ""
        for piece in pieces
    ]


def _values(pieces: Sequence[Piece], *, is_raw: bool = False) -> Matrix:
    """Features by piece, logarithms where ratios count; unknown is NaN. (n_pieces, n_features)"""
    rows = [[piece.values.get(name, math.nan) for name in FEATURES] for piece in pieces]
    values = np.array(rows, dtype=np.float64)
    if not is_raw:
        for at, name in enumerate(FEATURES):
            if name in LOGARITHMIC:
                values[:, at] = np.log(np.maximum(values[:, at], 1e-3))
    return values


def _sigmas(values: Matrix, groups: Sequence[str]) -> Matrix:
    """Robust sigmas of each value within its group, capped; what is unknown is usual (0)."""
    names = list(FEATURES)
    least = np.array(
        [0.1 if name in LOGARITHMIC else FEATURES[name][1] for name in names], dtype=np.float64
    )
    result = np.zeros_like(values)
    of_group = np.array(groups)
    for group in sorted(set(groups)):
        rows = np.flatnonzero(of_group == group)
        part = values[rows]
        known = ~np.isnan(part).all(axis=0)
        middle, spread = np.zeros(len(names)), np.zeros(len(names))
        middle[known] = np.nanmedian(part[:, known], axis=0)
        spread[known] = np.nanmedian(np.abs(part[:, known] - middle[known]), axis=0)
        result[rows] = (part - middle) / np.maximum(spread / MAD_TO_SIGMA, least)
    return np.clip(np.nan_to_num(result), -MOST_SIGMAS, MOST_SIGMAS)


def _forest_scores(matrix: Matrix, seed: int) -> Matrix:
    """Scores of the isolation forest, near 1 for what is set apart by few cuts."""
    from sklearn.ensemble import IsolationForest  # slow to import: only jobs need it

    forest = IsolationForest(
        n_estimators=TREES, max_samples=min(256, len(matrix)), random_state=seed, n_jobs=1
    )
    # Sigmas on both sides alike: what is far counts, not where.
    scores: Matrix = -forest.fit(np.abs(matrix)).score_samples(np.abs(matrix))
    return scores


def _reasons(at: int, groups: Sequence[str], raw: Matrix, beside: Matrix) -> tuple[str, ...]:
    """The features that are the most remarkable, with what is usual beside them."""
    group = groups[at]
    rows = [row for row, name in enumerate(groups) if name == group]
    order = np.argsort(-np.abs(beside[at]), kind="stable")[:MOST_REASONS]
    names = list(FEATURES)
    said = []
    for column in order:
        if abs(beside[at, column]) < REMARKABLE_SIGMAS:
            break
        words, _ = FEATURES[names[column]]
        unit = 100 if words.startswith("%") else 1
        low, high = unit * np.nanpercentile(raw[rows, column], [10, 90])
        said.append(
            f"{_number(unit * raw[at, column])} {words}; most of "
            f"{group or 'the catalogue'} have {_span(low, high)}."
        )
    return tuple(said)


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _span(low: float, high: float) -> str:
    (first, last) = (_number(low), _number(high))
    return first if first == last else f"{first} to {last}"
