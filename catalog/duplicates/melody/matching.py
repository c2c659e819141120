"""Which of many pieces share words that few have: an inverted index in two sorted arrays.

A word counts the more, the fewer pieces have it (log n / n_pieces). What two pieces share is set
against all that the smaller one has, so that a third of a song matches the whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from catalog.duplicates.melody.notes import FloatArray, IntArray
from catalog.duplicates.melody.shingles import HashArray

# A word that more pieces have is a figure of speech: it costs time and says little.
COMMON_PIECES = 200
FEWEST_WORDS = 4
LEAST_CONTAINED = 0.05
MOST_FOUND = 12


@dataclass(frozen=True)
class Found:
    """A piece that shares words with another."""

    key: int
    contained: float  # 0 to 1, of the smaller one's words by their rarity


class Index:
    """The words of many pieces, by word."""

    def __init__(self, words_of: Mapping[int, HashArray]) -> None:
        """`words_of`: by a key of each piece, its words ascending."""
        self._keys = np.array(list(words_of), dtype=np.int64)
        sizes = [len(words) for words in words_of.values()]
        word = np.concatenate([np.zeros(0, dtype=np.uint32), *words_of.values()])
        owner = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
        order = np.argsort(word, kind="stable")
        self._word, self._owner = word[order], owner[order]
        self._total = self._totals()

    def __len__(self) -> int:
        return len(self._keys)

    def like(self, words: HashArray, *, but: int | None = None) -> list[Found]:
        """The pieces that share most with these words, best first, without the one named `but`."""
        first, count, weight = self._looked_up(words)
        own = float(weight.sum())
        before = np.cumsum(count) - count
        places = np.repeat(first - before, count) + np.arange(int(count.sum()))
        owners, inverse, shared = np.unique(
            self._owner[places], return_inverse=True, return_counts=True
        )
        common = np.bincount(inverse, np.repeat(weight, count), minlength=len(owners))
        contained = common / np.maximum(np.minimum(self._total[owners], own), 1e-9)
        keys = self._keys[owners]
        is_like = (shared >= FEWEST_WORDS) & (contained >= LEAST_CONTAINED) & (keys != but)
        chosen = np.flatnonzero(is_like)
        best = chosen[np.lexsort((keys[chosen], -contained[chosen]))][:MOST_FOUND]
        return [Found(int(keys[at]), min(float(contained[at]), 1.0)) for at in best]

    def _looked_up(self, words: HashArray) -> tuple[IntArray, IntArray, FloatArray]:
        """Where the rare ones of these words stand, how often, and what they weigh.  (n_rare,)"""
        first = np.searchsorted(self._word, words, side="left")
        count = np.searchsorted(self._word, words, side="right") - first
        is_rare = (count > 0) & (count <= COMMON_PIECES)
        return first[is_rare], count[is_rare], self._weight(count[is_rare])

    def _weight(self, n_pieces: NDArray[np.int64]) -> FloatArray:
        weights: FloatArray = np.log((len(self._keys) + 1) / n_pieces)
        return weights

    def _totals(self) -> FloatArray:
        """What all rare words of each piece weigh together.  (n_pieces,)"""
        _, inverse, count = np.unique(self._word, return_inverse=True, return_counts=True)
        weight = np.where(count <= COMMON_PIECES, self._weight(count), 0.0)
        totals = np.bincount(self._owner, weight[inverse], minlength=len(self._keys))
        return totals.astype(np.float64)
