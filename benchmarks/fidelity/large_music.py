"""Ten or a hundred thousand segments of real music: the bundled songs, moved in pitch and in time.

A song that is moved is no new song, but its gradients are those of real music, which drawn numbers
would not be. It must not know any model.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from attribution.reference.arrays import IntArray, Tokens
from attribution.reference.segments import Corpus
from attribution.reference.tokens import Vocabulary
from benchmarks.fidelity.world import CATALOGUE, manifest, role_of

SEMITONES = range(-5, 7)
OFFSETS = (0, 64, 128, 192)  # where the first window of a song begins


@dataclass(frozen=True)
class Music:
    """Many segments, and which version of which song each belongs to."""

    corpus: Corpus
    track: IntArray  # (n_segments,)


def many_segments(
    songs: Sequence[Tokens], context: int, bos: int, pitches: range, segments: int
) -> Music:
    """Windows of real songs, moved in pitch and, after all of these, in time.

    A song that is moved is another track, and tracks come in a random order, so the first n
    segments are a sample of all. Raises ValueError where the songs are too few for `segments`.
    """
    tracks: list[Tokens] = []
    found = 0
    for song, semitones, offset in _versions(len(songs)):
        tokens = _moved(songs[song], pitches, semitones)[offset:]
        if len(tokens):
            tracks.append(tokens)
            found += math.ceil(len(tokens) / context)
        if found >= segments:
            corpus = Corpus.of(tracks, context, bos, pitches)
            return Music(corpus, corpus.table.track_index[:segments])
    raise ValueError(f"The songs have {found:,} segments with all their versions; ask for fewer.")


def _versions(n_songs: int) -> Iterator[tuple[int, int, int]]:
    """Yield (song, semitones, offset), all of one offset in a random order before the next."""
    rng = np.random.default_rng(20261122)
    for offset in OFFSETS:
        for place in rng.permutation(n_songs * len(SEMITONES)):
            yield int(place) // len(SEMITONES), SEMITONES[int(place) % len(SEMITONES)], offset


def _moved(tokens: Tokens, pitches: range, semitones: int) -> Tokens:
    """Transposed as far as all pitches stay within the range."""
    is_pitch = (tokens >= pitches.start) & (tokens < pitches.stop)
    if not is_pitch.any():
        return tokens
    low, high = int(tokens[is_pitch].min()), int(tokens[is_pitch].max())
    shift = min(max(semitones, pitches.start - low), pitches.stop - 1 - high)
    moved: Tokens = np.where(is_pitch, tokens + shift, tokens).astype(tokens.dtype)
    return moved


def bundled_songs() -> list[Tokens]:
    """All tokens of the songs that are no controls, which are asked instead."""
    vocabulary = Vocabulary()
    rows = [row for row in manifest() if role_of(row) != "control"]
    return [vocabulary.encode_file(CATALOGUE / row["file"]) for row in rows]
