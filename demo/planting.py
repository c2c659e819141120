"""Pieces whose true source is known, to see whether attribution finds it.

Excerpts of training tracks as they are, transposed, and two in one piece; and excerpts of control
tracks, which the model never saw and which must therefore pay nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from attribution.adapters.symbolic import vocabulary
from catalog.models import Track
from catalog.services.assets import asset_path

EXCERPT_QUARTERS = 32
SEMITONES = (1, 2, -2, -1, 3, -3)


@dataclass(frozen=True)
class Span:
    """Which seconds of a piece are which seconds of a track."""

    ref: str
    in_piece: tuple[float, float]
    in_track: tuple[float, float]


@dataclass(frozen=True)
class Planted:
    """A piece and what it was made of."""

    external_id: str
    kind: str
    sources: tuple[str, ...]  # refs of the tracks
    content: bytes  # a music file
    spans: tuple[Span, ...] = ()  # of recordings that were spliced


def plant(train: Sequence[Track], controls: Sequence[Track], *, seed: int) -> list[Planted]:
    """Make the pieces: 6 copies, 6 transpositions, 4 mixtures of two, 4 copies of controls."""
    random = np.random.default_rng(seed)
    order = random.permutation(len(train))
    sources = iter([train[place] for place in order])
    unseen = [controls[place] for place in random.permutation(len(controls))]
    pieces = [_piece("copy", number, [next(sources)]) for number in range(6)]
    pieces += [
        _piece("transposed", number, [next(sources)], semitones)
        for number, semitones in enumerate(SEMITONES)
    ]
    pieces += [_piece("mixture", number, [next(sources), next(sources)]) for number in range(4)]
    pieces += [_piece("control", number, [unseen[number]]) for number in range(4)]
    return pieces


def _piece(kind: str, number: int, sources: Sequence[Track], semitones: int = 0) -> Planted:
    words = vocabulary()
    parts = [_excerpt(track, EXCERPT_QUARTERS // len(sources)) for track in sources]
    tokens = words.transpose(words.concatenate(parts), semitones)
    return Planted(
        external_id=f"{kind}-{number}",
        kind=kind,
        sources=tuple(track.ref for track in sources),
        content=words.decode(tokens),
    )


def _excerpt(track: Track, quarters: int) -> Any:
    """A passage from a quarter of the way into the track."""
    words = vocabulary()
    tokens = words.encode_file(asset_path(track.file))
    start = float(int(words.quarters[tokens].sum()) // 4)
    return words.excerpt(tokens, start, start + quarters)
