"""The baseline that a neural model has to beat: a smoothed n-gram.

Owns an interpolated modified Kneser-Ney model, by the formulas of Chen and Goodman (1999, section
3.2 and appendix) with the treatment of the sentence start of Heafield et al. (2013, KenLM): for
a context h of k − 1 tokens

    p_k(w | h) = max(0, c(h w) − D(c(h w))) / c(h) + γ(h) · p_{k−1}(w | h without its first),
    γ(h) = (D₁ N₁(h) + D₂ N₂(h) + D₃ N₃₊(h)) / c(h),

with p_0 uniform over the vocabulary. At the highest order, and for n-grams that begin with the
start token (nothing can come before it), c counts occurrences; below, it counts the different
tokens seen before the n-gram. N_i(h) is the number of words seen i times after h. Discounts come
from counts of counts. An unseen context passes on p_{k−1} unchanged.

N-grams are packed into int64 keys, counted by sorting and looked up by bisection, so that a
hundred thousand tokens take a second. It must not know about music or neural networks.
"""

from dataclasses import dataclass

import numpy as np

from attribution.reference.arrays import BoolArray, FloatArray, IntArray
from attribution.reference.segments import Windows


@dataclass(frozen=True)
class _Order:
    """One order k: sorted keys, so that a look-up is a bisection."""

    ngrams: IntArray  # (n,) keys of k tokens
    discounted: FloatArray  # (n,) max(0, c − D(c))
    contexts: IntArray  # (m,) keys of k − 1 tokens
    totals: FloatArray  # (m,) c(h)
    back_off: FloatArray  # (m,) γ(h)


def _discounts(counts: IntArray) -> FloatArray:
    """D for counts 0, 1, 2 and 3 or more: (4,). Too little data for the formula gives ½ of it all.

    Chen and Goodman: Y = n₁ / (n₁ + 2 n₂), D_i = i − (i + 1) Y n_{i+1} / n_i.
    """
    n = np.array([np.count_nonzero(counts == i) for i in range(1, 5)], dtype=np.float64)
    if n.min() == 0:
        return np.array([0.0, 0.5, 0.5, 0.5])
    y = n[0] / (n[0] + 2 * n[1])
    raw = [i - (i + 1) * y * n[i] / n[i - 1] for i in (1, 2, 3)]
    return np.array([0.0, *np.clip(raw, 0.05, (0.95, 1.9, 2.85))])


def _find(keys: IntArray, wanted: IntArray) -> tuple[IntArray, BoolArray]:
    """Positions of `wanted` in the sorted `keys`, and which of them are there at all."""
    if not len(keys):
        return np.zeros(len(wanted), dtype=np.int64), np.zeros(len(wanted), dtype=np.bool_)
    position = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return position, keys[position] == wanted


class KneserNey:
    """An interpolated modified Kneser-Ney model of a given order (5 by default).

    The context of a token is what stands before it in its own window, start token included: the
    same knowledge that the neural model has.
    """

    def __init__(self, windows: Windows, vocabulary: int, order: int = 5) -> None:
        """`vocabulary` counts all tokens, the start token too (it is never predicted).

        Raises ValueError when an n-gram does not fit 63 bits.
        """
        self.vocabulary, self.order = vocabulary, order
        self._bits = max(1, int(vocabulary - 1).bit_length())
        if self._bits * order > 63:
            raise ValueError(f"{order}-grams over {vocabulary} tokens do not fit 63 bits.")
        keys = self._keys(windows)
        pairs = zip(keys, [*keys[1:], None], strict=True)
        self._orders = [self._count(key, longer) for key, longer in pairs]

    def _keys(self, windows: Windows) -> list[IntArray]:
        """For k = 1..order, the key of the k tokens that end at each predicted token: (n_tokens,).

        The latest token has the lowest bits. −1 where the window has not that many tokens.
        """
        width = windows.targets.shape[1]
        full = np.concatenate((windows.inputs[:, :1], windows.targets), axis=1)
        key, keys, column = np.zeros_like(windows.targets), [], np.arange(width)
        for k in range(1, self.order + 1):
            first = column + 2 - k  # where in `full` the n-gram begins
            key = key | (full[:, np.maximum(first, 0)] << (self._bits * (k - 1)))
            keys.append(np.where(first >= 0, key, -1)[windows.mask])
        return keys

    def _adjusted(self, keys: IntArray, longer: IntArray) -> tuple[IntArray, IntArray]:
        """Sorted n-grams below the highest order and their counts: occurrences of those at the
        start of a window (`longer` is −1 there), else the number of tokens seen before."""
        started, occurrences = np.unique(keys[(keys >= 0) & (longer < 0)], return_counts=True)
        _, one_of_each = np.unique(longer, return_index=True)
        one_of_each = one_of_each[longer[one_of_each] >= 0]
        continued, kinds = np.unique(keys[one_of_each], return_counts=True)
        ngrams = np.concatenate((started, continued))
        order = np.argsort(ngrams)
        return ngrams[order], np.concatenate((occurrences, kinds))[order]

    def _count(self, keys: IntArray, longer: IntArray | None) -> _Order:
        if longer is None:
            ngrams, counts = np.unique(keys[keys >= 0], return_counts=True)
        else:
            ngrams, counts = self._adjusted(keys, longer)
        discount = _discounts(counts)[np.minimum(counts, 3)]  # (n,)
        contexts, first = np.unique(ngrams >> self._bits, return_index=True)
        totals = np.add.reduceat(counts, first).astype(np.float64)
        back_off = np.add.reduceat(discount, first) / totals
        return _Order(ngrams, np.maximum(0.0, counts - discount), contexts, totals, back_off)

    def probabilities(self, windows: Windows) -> FloatArray:
        """The probability of every token that the windows predict, row by row: (n_tokens,)."""
        keys = self._keys(windows)
        p = np.full(len(keys[0]), 1.0 / self.vocabulary)
        for key, order in zip(keys, self._orders, strict=True):
            context, known = _find(order.contexts, key >> self._bits)
            ngram, seen = _find(order.ngrams, key)
            direct = np.where(seen, order.discounted[ngram], 0.0) / order.totals[context]
            p = np.where(known, direct + order.back_off[context] * p, p)
        return p

    def nats_per_token(self, windows: Windows) -> float:
        return float(-np.log(self.probabilities(windows)).mean())
