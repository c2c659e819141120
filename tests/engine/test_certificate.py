"""What an index did not score is bounded from above, or the certificate is worth nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from attribution.engine.scan.certificate import certain_radius, likely_radius, missed_at_most
from attribution.engine.shares.credit import fractions
from attribution.engine.shares.results import PPB

FLOATS = st.floats(-100, 100, width=32)


@given(
    query=arrays(np.float32, 24, elements=FLOATS),
    indexed=arrays(np.bool_, 24),
    signs=arrays(np.bool_, 24),
)
def test_the_other_signs_never_add_more_than_the_certain_bound(query, indexed, signs):
    terms = query.astype(np.float64) * np.where(signs, 1, -1)
    assert terms[~indexed].sum() <= certain_radius(query, indexed) + 1e-9
    best = np.where(query >= 0, 1, -1)[~indexed] @ query[~indexed].astype(np.float64)
    assert best == pytest.approx(certain_radius(query, indexed))


@pytest.mark.parametrize("tail", [3, 30], ids=["heavy-tailed query", "normal query"])
def test_the_likely_bound_is_broken_no_more_often_than_it_says(tail):
    random = np.random.default_rng(0)
    risk, size, tries = 0.05, 256, 4000
    query = random.standard_t(tail, size).astype(np.float32)
    signs = np.where(random.random(size) < 0.7, np.sign(query), -np.sign(query))
    broken = 0
    for _ in range(tries):
        indexed = np.zeros(size, dtype=np.bool_)
        indexed[random.permutation(size)[:64]] = True
        estimate = 4 * (query * signs)[indexed].sum()
        broken += (query * signs).sum() > estimate + likely_radius(query, indexed, risk)
    assert broken <= risk * tries
    assert likely_radius(query, indexed, risk) < certain_radius(query, indexed)


def test_an_index_of_everything_misses_nothing():
    query = np.arange(16, dtype=np.float32)
    everything = np.ones(16, dtype=np.bool_)
    assert certain_radius(query, everything) == likely_radius(query, everything, 1e-9) == 0


@given(
    z=arrays(np.float64, 12, elements=st.floats(-5, 40)),
    slack=arrays(np.float64, 12, elements=st.floats(0, 3)),
    scored=arrays(np.bool_, 12),
)
def test_what_unscored_tracks_earn_is_never_more_than_certified(z, slack, scored):
    gate = 4.0
    shares = fractions(z[None], z[None], gate)[0]
    known = z[scored & (z > gate)]
    weights = known * (1 - np.square(gate / known))
    most = missed_at_most(weights, (z + slack)[~scored], gate)
    assert shares[~scored].sum() * PPB <= most + 1


def test_nothing_is_missed_where_no_bound_reaches_the_gate():
    assert missed_at_most(np.array([3.0]), np.array([1.0, 3.9]), 4.0) == 0
    assert missed_at_most(np.zeros(0), np.array([5.0]), 4.0) == PPB
