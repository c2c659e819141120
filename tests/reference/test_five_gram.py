"""The baseline is a proper probability distribution and as strong as it should be."""

import itertools

import numpy as np
import pytest

from attribution.reference.ngram import KneserNey
from attribution.reference.segments import Corpus, Windows, pad
from attribution.reference.tokens import Vocabulary

BOS = 0


def windows_of(*rows: list[int]) -> Windows:
    return pad([np.array(row) for row in rows], BOS)


def noise(rng: np.random.Generator, vocabulary: int, rows: int, width: int) -> Windows:
    return pad(list(rng.integers(1, vocabulary, (rows, width))), BOS)


@pytest.mark.parametrize("order", [1, 2, 3, 5])
def test_probabilities_after_any_context_sum_to_one(rng: np.random.Generator, order: int) -> None:
    vocabulary = 9
    skewed = np.minimum(rng.geometric(0.4, (60, 20)), vocabulary - 1)
    model = KneserNey(pad(list(skewed), BOS), vocabulary, order)
    contexts = [[], [1], [8, 8], [1, 1, 1, 1, 1], *skewed[:10, :7].tolist(), [7, 8, 7, 8, 7]]
    for context in contexts:
        p = [model.probabilities(windows_of([*context, token]))[-1] for token in range(vocabulary)]
        assert sum(p) == pytest.approx(1.0, abs=1e-9)
        assert min(p) > 0


def test_uniform_noise_has_the_perplexity_of_its_vocabulary(rng: np.random.Generator) -> None:
    model = KneserNey(noise(rng, 17, 2000, 50), 17, order=2)
    held_out = noise(rng, 17, 200, 50)
    assert np.exp(model.nats_per_token(held_out)) == pytest.approx(16.0, rel=0.02)


def test_a_sequence_seen_often_is_expected() -> None:
    model = KneserNey(windows_of(*[[1, 2, 3, 4, 5] * 4] * 20), 9)
    assert model.probabilities(windows_of([1, 2, 3, 4, 5, 1])).min() > 0.9


def test_longer_contexts_pay_where_they_matter(rng: np.random.Generator) -> None:
    """Each token is the sum of those one and three before, but for some noise."""

    def rows(n: int) -> list[list[int]]:
        result = []
        for _ in range(n):
            row = rng.integers(0, 5, 3).tolist()
            for _ in range(40):
                follows = rng.random() < 0.9
                row.append((row[-1] + row[-3]) % 5 if follows else int(rng.integers(5)))
            result.append([token + 1 for token in row])
        return result

    train, held_out = windows_of(*rows(200)), windows_of(*rows(30))
    losses = [KneserNey(train, 6, order).nats_per_token(held_out) for order in (1, 2, 4)]
    assert losses[2] < 0.6 * min(losses[:2])


def kneser_ney_by_hand(rows: list[list[int]], vocabulary: int, context: list[int]) -> list[float]:
    """Bigram Kneser-Ney by the formula of the module docstring, discounts ½ (little data)."""
    padded = [[BOS, *row] for row in rows]
    bigrams = [pair for row in padded for pair in itertools.pairwise(row)]
    types = set(bigrams)
    kinds = [sum(b == w for _, b in types) for w in range(vocabulary)]
    d = 0.5
    lower_back_off = d * sum(k > 0 for k in kinds) / len(types)
    lower = [max(0, k - d) / len(types) + lower_back_off / vocabulary for k in kinds]
    after = [b for a, b in bigrams if a == context[-1]]
    back_off = d * len(set(after)) / len(after)
    return [
        max(0, after.count(w) - d) / len(after) + back_off * lower[w] for w in range(vocabulary)
    ]


def test_a_small_case_agrees_with_the_formula() -> None:
    rows = [[1, 2, 1, 3], [2, 1, 2, 2], [3, 1, 2]]
    model = KneserNey(windows_of(*rows), 4, order=2)
    for context in ([1], [2], [3]):
        fast = [model.probabilities(windows_of([*context, w]))[-1] for w in range(4)]
        assert fast == pytest.approx(kneser_ney_by_hand(rows, 4, context))


def test_an_unseen_context_says_what_no_context_says() -> None:
    rows = [[1, 2, 1, 3], [2, 1, 2, 2], [3, 1, 2]]
    model = KneserNey(windows_of(*rows), 6, order=2)
    after = {c: [model.probabilities(windows_of([c, w]))[-1] for w in range(6)] for c in (1, 4, 5)}
    assert after[4] == after[5]
    assert after[4] != after[1]
    # Of the 8 kinds of pairs 3 end in 1, 3 in 2 and 2 in 3; none in another token.
    assert after[4][1] == after[4][2] > after[4][3] > after[4][5]


def test_padding_counts_for_nothing(rng: np.random.Generator) -> None:
    rows = [rng.integers(1, 9, n).tolist() for n in (5, 9, 30)]
    together = KneserNey(windows_of(*rows), 9).probabilities(windows_of(*rows))
    longer = pad([np.array(row) for row in rows], BOS)
    wide = Windows(*(np.pad(array, ((0, 0), (0, 12))) for array in longer))
    assert KneserNey(wide, 9).probabilities(wide) == pytest.approx(together)
    assert len(together) == 44


def test_real_music_is_far_from_noise(corpus: Corpus, vocabulary: Vocabulary) -> None:
    windows = corpus.windows(np.arange(len(corpus.table)))
    half = Windows(*(array[::2] for array in windows))
    rest = Windows(*(array[1::2] for array in windows))
    assert KneserNey(half, len(vocabulary)).nats_per_token(rest) < 0.75 * np.log(len(vocabulary))


def test_a_vocabulary_too_large_to_pack_is_refused() -> None:
    with pytest.raises(ValueError, match="do not fit 63 bits"):
        KneserNey(windows_of([1]), 10_000, order=5)
