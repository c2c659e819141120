"""Every model against the slow second opinion, and the form of what it returns."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from royalty.apportionment import MODELS, Allocation, LineKind, Rules, Snapshot, allocate
from royalty.apportionment.models import artist_centric
from royalty.apportionment.triples import csr_from_triples
from tests.apportionment import oracle
from tests.apportionment.worlds import cases, pools, rules, snapshots

TYPICAL = {
    "blend": {"alpha_ppm": 333_333},
    "artist_centric": {
        "boost_factor": 2,
        "boost_uses": 1_000,
        "boost_subscribers": 500,
        "subscriber_cap": 1_000,
    },
}
Case = tuple[Snapshot, str]


def as_dict(allocation: Allocation) -> oracle.Lines:
    columns = (allocation.generation, allocation.track, allocation.right, allocation.party)
    places = list(zip(*(column.tolist() for column in columns), strict=True))
    kinds = [LineKind(kind).name for kind in allocation.kind.tolist()]
    keys = [(*place, kind) for place, kind in zip(places, kinds, strict=True)]
    assert len(set(keys)) == len(keys)
    return dict(zip(keys, allocation.atoms.tolist(), strict=True))


@given(cases(), pools, rules)
def test_lines_agree_to_the_atom_with_exact_fractions(case: Case, pool: int, rules: Rules) -> None:
    snapshot, model = case
    allocation = allocate(snapshot, model, pool, rules)
    assert as_dict(allocation) == oracle.lines(snapshot, model, pool, rules)


@given(cases("scaled_user_prop"), st.integers(0, 10**14), rules)
def test_the_price_of_a_use_is_exact_where_some_have_spent_their_fee(
    case: Case, pool: int, rules: Rules
) -> None:
    snapshot, model = case
    allocation = allocate(snapshot, model, pool, rules)
    assert as_dict(allocation) == oracle.lines(snapshot, model, pool, rules)


@settings(max_examples=40)
@given(cases("artist_centric"), pools, st.integers(1, 4))
def test_subscribers_are_counted_once_however_many_pairs_are_looked_at_together(
    case: Case, pool: int, pairs_at_once: int
) -> None:
    snapshot, model = case
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(artist_centric, "_PAIRS_AT_ONCE", pairs_at_once)
        allocation = allocate(snapshot, model, pool, Rules())
    assert as_dict(allocation) == oracle.lines(snapshot, model, pool, Rules())


@given(cases(), pools, rules)
def test_lines_come_in_their_stated_order(case: Case, pool: int, rules: Rules) -> None:
    snapshot, model = case
    allocation = allocate(snapshot, model, pool, rules)
    names = ("generation", "track", "right", "party", "kind")
    columns = [getattr(allocation, name) for name in names]
    last = [np.where(column == -1, 2**62, column).tolist() for column in columns]
    keys = list(zip(*last, strict=True))
    assert keys == sorted(keys)


@given(snapshots(), pools, rules)
def test_advertising_and_fees_of_pieces_are_shared_alike(
    snapshot: Snapshot, pool: int, rules: Rules
) -> None:
    fees, adverts = (
        as_dict(allocate(snapshot, model, pool, rules)) for model in ("per_output", "advertising")
    )
    assert fees == adverts


@pytest.mark.parametrize("alpha_ppm", [0, 10**6])
@given(snapshots(), pools, rules)
def test_a_blend_without_one_part_is_the_other(
    alpha_ppm: int, snapshot: Snapshot, pool: int, rules: Rules
) -> None:
    blended = replace(snapshot, parameters=(("alpha_ppm", alpha_ppm),))
    other = "pro_rata" if alpha_ppm else "user_centric"
    assert as_dict(allocate(blended, "blend", pool, rules)) == as_dict(
        allocate(snapshot, other, pool, rules)
    )


@pytest.mark.parametrize("model", MODELS)
def test_the_largest_pool_that_fits_is_apportioned_exactly(model: str) -> None:
    """€92 bn over subscribers whose fees sum close to 2^63 atoms as well."""
    users, pieces = 300, 50
    rng = np.random.default_rng(3)
    keys = np.unique(rng.integers(0, users * pieces, 6_000))
    fees = rng.integers(1, 2**63 // users - 1, users)
    share = csr_from_triples(
        np.arange(pieces), np.arange(pieces) % 3, [999_999_999] * pieces, pieces
    )
    owner = csr_from_triples([0, 1], [0, 0], [333_333, 1_000_000], 3)
    snapshot = Snapshot(
        tuple(f"G{i:02}" for i in range(pieces)),
        ("T0", "T1", "T2"),
        ("A",),
        np.ones(3, dtype=np.bool_),
        fees,
        *(keys // pieces, keys % pieces, rng.integers(1, 2**45, len(keys))),
        rng.integers(1, 2**63 // pieces - 1, pieces),
        *share,
        *owner,
        parameters=tuple(TYPICAL.get(model, {}).items()),
        track_work=np.array([0, 1, 1]),
        track_milliseconds=np.array([1, 2**61, 2**61]),
    )
    pool = 2**63 - 1
    allocation = allocate(snapshot, model, pool, Rules())
    assert as_dict(allocation) == oracle.lines(snapshot, model, pool, Rules())
    part = Fraction(int(allocation.by_party()[0]), pool)
    assert 0 < part < 1
