"""The rules that hold uses, on arrays: honest heavy tails pass, hostile patterns do not."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demo import economy
from royalty import anomalies
from royalty.anomalies import Rule, Uses


def uses_of(rows: list[tuple[int, int, int]], n_pieces: int = 40) -> Uses:
    """Rows of (subscriber, piece, count), in any order, each pair once."""
    usage = np.array(sorted(rows), dtype=np.int64).reshape(-1, 3)
    return Uses.of(usage, int(usage[:, 0].max(initial=-1)) + 1, n_pieces)


def findings(uses: Uses) -> list[anomalies.Finding]:
    return [*anomalies.too_many(uses), *anomalies.look_alikes(uses)]


def month(random: np.random.Generator, subscribers: int, pieces: int) -> Uses:
    """A made-up month of the demonstration's kind: popularity by Zipf, some listen a lot."""
    weights = 1.0 / np.arange(1, pieces + 1) ** 0.8
    weights /= weights.sum()
    rows = []
    for subscriber in range(subscribers):
        taste = random.dirichlet(weights * 25)
        sessions = 1 + int(random.lognormal(2.2, 0.9))
        chosen, counts = np.unique(
            random.choice(pieces, size=sessions, p=taste), return_counts=True
        )
        plays = counts + random.geometric(0.5, size=len(counts)) * counts
        rows += [(subscriber, int(p), int(c)) for p, c in zip(chosen, plays, strict=True)]
    return uses_of(rows, pieces)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("pieces", [6, 60])
def test_honest_heavy_tailed_months_hold_nobody(seed, pieces):
    uses = month(np.random.default_rng(seed), 2_000, pieces)
    assert findings(uses) == []


@pytest.mark.parametrize("seed", range(3))
def test_the_demonstrations_month_holds_nobody(tmp_path, seed):
    pieces = [f"piece-{number:02}" for number in range(24)]
    path, _ = economy.write_month(tmp_path, economy.SERVICES, pieces, seed)
    counts: dict[tuple[str, str, str], int] = {}
    for line in path.read_text().splitlines():
        event = json.loads(line)
        key = (event["service"], event["subscriber"], event["generation"])
        counts[key] = counts.get(key, 0) + event["count"]
    for service in {key[0] for key in counts}:
        names = sorted({key[1] for key in counts if key[0] == service})
        rows = [
            (names.index(subscriber), pieces.index(piece), count)
            for (of, subscriber, piece), count in counts.items()
            if of == service
        ]
        assert findings(uses_of(rows)) == []


def test_far_above_the_median_is_too_many_even_below_the_absolute_limit():
    rows = [(subscriber, subscriber % 7, 100) for subscriber in range(30)]
    uses = uses_of([*rows, (30, 3, 5_001)])
    (finding,) = findings(uses)
    assert (finding.rule, finding.subscribers) == (Rule.TOO_MANY, (30,))
    assert finding.figures == {"uses": 5_001, "limit": 5_000, "median": 100}


def test_where_everybody_uses_a_lot_the_limit_is_that_of_one_subscriber():
    uses = uses_of([(subscriber, subscriber % 7, 29_000) for subscriber in range(50)])
    assert findings(uses) == []


patterns = st.lists(st.integers(1, 30), min_size=5, max_size=12).filter(lambda c: sum(c) >= 50)


@settings(deadline=None, max_examples=60)
@given(
    counts=patterns,
    factors=st.lists(st.integers(1, 9), min_size=20, max_size=40),
    first_piece=st.integers(0, 20),
    seed=st.integers(0, 99),
)
def test_a_farm_is_found_whatever_each_account_multiplies_its_uses_by(
    counts, factors, first_piece, seed
):
    farm = [
        (2 * number, first_piece + at, count * factor)
        for number, factor in enumerate(factors)
        for at, count in enumerate(counts)
    ]
    random = np.random.default_rng(seed)
    honest = [
        (2 * number + 1, piece, int(count))
        for number in range(len(factors))
        for piece, count in enumerate(random.integers(1, 1_000, size=7))
    ]
    alike = list(anomalies.look_alikes(uses_of([*farm, *honest])))
    assert [finding.subscribers for finding in alike] == [tuple(range(0, 2 * len(factors), 2))]


def test_blocks_do_not_change_what_is_found(monkeypatch):
    rows = [(s, p, 10 + p) for s in range(25) for p in range(6)] + [(99, 1, 7)]
    whole = list(anomalies.look_alikes(uses_of(rows)))
    monkeypatch.setattr(anomalies, "BLOCK_ROWS", 1)
    assert list(anomalies.look_alikes(uses_of(rows))) == whole != []


def test_nothing_used_finds_nothing():
    assert findings(uses_of([])) == []
