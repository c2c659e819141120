"""What any fair apportionment must satisfy, on random small worlds."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from royalty.apportionment import MODELS, Allocation, LineKind, Rules, Snapshot, allocate
from royalty.apportionment.triples import csr_from_triples, sort_triples
from tests.apportionment import oracle
from tests.apportionment.worlds import (
    EURO,
    MODEL_NAMES,
    models,
    pools,
    rules,
    snapshots,
    usage_of,
    with_usage,
)


def as_dict(allocation: Allocation) -> oracle.Lines:
    columns = (allocation.generation, allocation.track, allocation.party)
    places = list(zip(*(column.tolist() for column in columns), strict=True))
    kinds = [LineKind(kind).name for kind in allocation.kind.tolist()]
    keys = [(*place, kind) for place, kind in zip(places, kinds, strict=True)]
    assert len(set(keys)) == len(keys)
    return dict(zip(keys, allocation.atoms.tolist(), strict=True))


def test_every_registered_model_is_held_to_the_axioms() -> None:
    assert set(MODELS) == set(MODEL_NAMES)


@given(snapshots(), models, pools, rules)
def test_lines_agree_to_the_atom_with_exact_fractions(
    snapshot: Snapshot, model: str, pool: int, rules: Rules
) -> None:
    allocation = allocate(snapshot, model, pool, rules)
    assert as_dict(allocation) == oracle.lines(snapshot, model, pool, rules)


@given(snapshots(), models, pools, rules)
def test_no_atom_appears_or_disappears(
    snapshot: Snapshot, model: str, pool: int, rules: Rules
) -> None:
    allocation = allocate(snapshot, model, pool, rules)
    nobody = sum(
        atoms
        for kind, atoms in allocation.by_kind().items()
        if kind not in (LineKind.ATTRIBUTED, LineKind.FALLBACK_EQUAL)
    )
    assert allocation.atoms.sum() == pool
    assert allocation.by_party().sum() + nobody == pool
    assert allocation.piece_revenue_atoms.sum() + allocation.idle_atoms == pool


@given(snapshots(), models, pools, rules)
def test_no_line_runs_against_the_sign_of_the_pool(
    snapshot: Snapshot, model: str, pool: int, rules: Rules
) -> None:
    assert (np.sign(allocate(snapshot, model, pool, rules).atoms) == np.sign(pool)).all()


@given(snapshots(), models, pools, rules)
def test_a_refund_mirrors_the_charge(
    snapshot: Snapshot, model: str, pool: int, rules: Rules
) -> None:
    charge = as_dict(allocate(snapshot, model, pool, rules))
    refund = as_dict(allocate(snapshot, model, -pool, rules))
    assert refund == {key: -atoms for key, atoms in charge.items()}


@given(snapshots(), models, pools, rules)
def test_lines_come_in_their_stated_order(
    snapshot: Snapshot, model: str, pool: int, rules: Rules
) -> None:
    allocation = allocate(snapshot, model, pool, rules)
    columns = (allocation.generation, allocation.track, allocation.party, allocation.kind)
    last = [np.where(column == -1, 2**62, column).tolist() for column in columns]
    keys = list(zip(*last, strict=True))
    assert keys == sorted(keys)


@given(snapshots(), st.sampled_from(["pro_rata", "user_centric"]), pools, rules)
def test_a_piece_without_use_earns_nothing(
    snapshot: Snapshot, model: str, pool: int, rules: Rules
) -> None:
    revenue = allocate(snapshot, model, pool, rules).piece_revenue_atoms
    unused = np.setdiff1d(np.arange(len(revenue)), snapshot.usage_generation)
    assert not revenue[unused].any()


@given(snapshots(), pools, rules)
def test_uses_do_not_matter_per_output(snapshot: Snapshot, pool: int, rules: Rules) -> None:
    silent = with_usage(snapshot, {})
    used, unused = (as_dict(allocate(s, "per_output", pool, rules)) for s in (snapshot, silent))
    assert used == unused


@given(snapshots(), pools, rules, st.integers(2, 10**6), st.integers(0, 5))
def test_user_centric_ignores_how_intensely_one_subscriber_uses(
    snapshot: Snapshot, pool: int, rules: Rules, factor: int, user: int
) -> None:
    usage = usage_of(snapshot)
    louder = {(u, g): n * (factor if u == user else 1) for (u, g), n in usage.items()}
    before = allocate(snapshot, "user_centric", pool, rules)
    after = allocate(with_usage(snapshot, louder), "user_centric", pool, rules)
    assert as_dict(before) == as_dict(after)


@given(snapshots(), st.integers(0, 10**15), rules, st.data())
def test_pro_rata_is_user_centric_when_fees_and_totals_are_equal(
    snapshot: Snapshot, pool: int, rules: Rules, data: st.DataObject
) -> None:
    """Up to rounding: one atom for each subscriber of a piece, and one for pro-rata's own."""
    n_users, n_pieces, total = len(snapshot.subscriber_fee_atoms), len(snapshot.generation_ids), 12
    usage = {}
    for user in range(n_users):
        first = data.draw(st.integers(0, n_pieces - 1))
        count = data.draw(st.integers(1, total))
        usage[(user, first)] = count
        if count < total:
            usage[(user, (first + 1) % n_pieces)] = (
                total - count + usage.get((user, (first + 1) % n_pieces), 0)
            )
    equal = with_usage(replace(snapshot, subscriber_fee_atoms=np.full(n_users, 10 * EURO)), usage)
    pro_rata = allocate(equal, "pro_rata", pool, rules).piece_revenue_atoms
    user_centric = allocate(equal, "user_centric", pool, rules).piece_revenue_atoms
    # Each subscriber's pool is off by < 1 atom and so is each of that subscriber's parts.
    assert (np.abs(pro_rata - user_centric) <= 2 * n_users + 1).all()


@given(
    snapshots(), st.sampled_from(["pro_rata", "user_centric"]), st.integers(0, 10**15), st.data()
)
def test_more_use_never_lowers_a_piece(
    snapshot: Snapshot, model: str, pool: int, data: st.DataObject
) -> None:
    """Up to rounding: Hamilton may take back one atom for each split on the way (≤ 2 a user)."""
    usage = usage_of(snapshot)
    assume(usage)
    user, piece = data.draw(st.sampled_from(sorted(usage)))
    more = usage | {(user, piece): usage[(user, piece)] + data.draw(st.integers(1, 100))}
    before = allocate(snapshot, model, pool, Rules()).piece_revenue_atoms[piece]
    after = allocate(with_usage(snapshot, more), model, pool, Rules()).piece_revenue_atoms[piece]
    assert after >= before - 2 * len(snapshot.subscriber_fee_atoms)


@given(snapshots(), models, pools, rules, st.integers(0, 5), st.integers(0, 10**6))
def test_splitting_a_holder_into_shell_companies_changes_only_rounding(
    snapshot: Snapshot, model: str, pool: int, rules: Rules, victim: int, cut_ppm: int
) -> None:
    """Every share of one party is cut in two under a second name; together they earn the same."""
    party = victim % len(snapshot.party_ids)
    shell = len(snapshot.party_ids)
    rows = np.repeat(np.arange(len(snapshot.track_ids)), np.diff(snapshot.owner_indptr))
    mine = snapshot.owner_party == party
    moved = snapshot.owner_ppm[mine] * cut_ppm // 1_000_000
    kept = snapshot.owner_ppm.copy()
    kept[mine] -= moved
    owners = csr_from_triples(
        np.append(rows, rows[mine]),
        np.append(snapshot.owner_party, np.full(mine.sum(), shell)),
        np.append(kept, moved),
        len(snapshot.track_ids),
    )
    indptr, owner_party, owner_ppm = owners
    divided = replace(
        snapshot,
        party_ids=(*snapshot.party_ids, "ZZ shell"),
        owner_indptr=indptr,
        owner_party=owner_party,
        owner_ppm=owner_ppm,
    )
    whole = allocate(snapshot, model, pool, rules).by_party()
    parts = allocate(divided, model, pool, rules).by_party()
    entries = (len(snapshot.generation_ids) + 1) * len(snapshot.track_ids)
    assert abs(parts[party] + parts[shell] - whole[party]) <= 2 * entries
    others = np.delete(np.arange(shell), party)
    assert (np.abs(parts[others] - whole[others]) <= entries).all()


def _renamed(snapshot: Snapshot, order: list[int]) -> Snapshot:
    """The same world with its generations in another order: new position of old g is order[g]."""
    place = np.array(order)
    shares = np.repeat(place, np.diff(snapshot.share_indptr))
    fees = np.zeros_like(snapshot.generation_fee_atoms)
    fees[place] = snapshot.generation_fee_atoms
    user, piece, count = sort_triples(
        snapshot.usage_subscriber, place[snapshot.usage_generation], snapshot.usage_count
    )
    indptr, track, ppb = csr_from_triples(
        shares, snapshot.share_track, snapshot.share_ppb, len(order)
    )
    return replace(
        snapshot,
        generation_fee_atoms=fees,
        usage_subscriber=user,
        usage_generation=piece,
        usage_count=count,
        share_indptr=indptr,
        share_track=track,
        share_ppb=ppb,
    )


@given(snapshots(), models, pools, rules, st.randoms(use_true_random=False))
def test_names_do_not_matter_beyond_ties(snapshot, model, pool, rules, random) -> None:
    order = random.sample(range(len(snapshot.generation_ids)), len(snapshot.generation_ids))
    before = allocate(snapshot, model, pool, rules)
    after = allocate(_renamed(snapshot, order), model, pool, rules)
    # A tie moves one atom at most at each split that a piece takes part in.
    n_users = len(snapshot.subscriber_fee_atoms)
    moved = after.piece_revenue_atoms[np.array(order)] - before.piece_revenue_atoms
    assert (np.abs(moved) <= n_users).all()
    splits = len(order) * n_users * (1 + len(snapshot.track_ids))
    assert (np.abs(after.by_party() - before.by_party()) <= 2 * splits).all()


@given(snapshots(), models, st.integers(0, 10**15), st.integers(0, 10**15))
def test_revenue_is_additive_at_fixed_usage(
    snapshot: Snapshot, model: str, first: int, second: int
) -> None:
    """Two pools over the same usage pay what their sum pays, up to an atom a split."""
    apart = sum(
        allocate(snapshot, model, pool, Rules()).piece_revenue_atoms for pool in (first, second)
    )
    together = allocate(snapshot, model, first + second, Rules()).piece_revenue_atoms
    assert (np.abs(together - apart) <= 4 * len(snapshot.subscriber_fee_atoms)).all()


@pytest.mark.parametrize("model", MODEL_NAMES)
def test_the_largest_pool_that_fits_is_apportioned_exactly(model: str) -> None:
    """€92 bn over subscribers whose fees sum close to 2^63 atoms as well."""
    users, pieces = 1000, 50
    rng = np.random.default_rng(3)
    keys = np.unique(rng.integers(0, users * pieces, 20_000))
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
    )
    pool = 2**63 - 1
    allocation = allocate(snapshot, model, pool, Rules())
    assert as_dict(allocation) == oracle.lines(snapshot, model, pool, Rules())
    half = Fraction(int(allocation.by_party()[0]), pool)
    assert 0 < half < 1
