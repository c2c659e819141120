"""How each axiom is tried out on a model: worlds are drawn, changed, apportioned and compared.

Every function takes a model's name and draws what it needs. Rounding may move an atom at each
split; the tolerances say how many splits are on the way.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from royalty.apportionment import (
    Axiom,
    IntArray,
    LineKind,
    Rules,
    Snapshot,
    allocate,
    csr_from_triples,
    sort_triples,
)
from tests.apportionment import oracle
from tests.apportionment.worlds import (
    EURO,
    agreed,
    pools,
    rules,
    snapshots,
    usage_of,
    with_usage,
)

Draw = Callable[[st.SearchStrategy], object]
FEE = 10 * EURO
HELD = Rules(fallback="held")
NOBODYS = set(LineKind) - {LineKind.ATTRIBUTED, LineKind.FALLBACK_EQUAL, LineKind.TRAINING_FEE}


def world(model: str, draw: Draw) -> Snapshot:
    return agreed(draw(snapshots()), model, draw)


def equal_fees(model: str, draw: Draw) -> Snapshot:
    """A world in which everybody pays the same, and uses something."""
    snapshot = world(model, draw)
    n_users, n_pieces = len(snapshot.subscriber_fee_atoms), len(snapshot.generation_ids)
    usage = usage_of(snapshot)
    for user in range(n_users):
        if not any(who == user for who, _ in usage):
            usage[(user, draw(st.integers(0, n_pieces - 1)))] = draw(st.integers(1, 50))
    fees = np.full(n_users, FEE)
    return with_usage(replace(snapshot, subscriber_fee_atoms=fees), usage)


def pool_of(snapshot: Snapshot, commission_ppm: int) -> int:
    return int(snapshot.subscriber_fee_atoms.sum()) * (10**6 - commission_ppm) // 10**6


def revenue(snapshot: Snapshot, model: str, pool: int, under: Rules = HELD) -> IntArray:
    return allocate(snapshot, model, pool, under).piece_revenue_atoms


def splits(snapshot: Snapshot) -> int:
    """At least as many as a piece's money goes through."""
    return 4 * len(snapshot.subscriber_fee_atoms) + 4


def conservation(model: str, draw: Draw) -> None:
    snapshot, pool = world(model, draw), draw(pools)
    allocation = allocate(snapshot, model, pool, draw(rules))
    nobodys = sum(allocation.by_kind()[kind] for kind in NOBODYS)
    assert allocation.atoms.sum() == pool
    assert allocation.by_party().sum() + nobodys == pool
    placed = allocation.piece_revenue_atoms.sum() + allocation.without_piece_atoms
    assert placed + allocation.idle_atoms == pool


def sign(model: str, draw: Draw) -> None:
    snapshot, pool, under = world(model, draw), draw(pools), draw(rules)
    charge, refund = (allocate(snapshot, model, atoms, under) for atoms in (pool, -pool))
    assert (np.sign(charge.atoms) == np.sign(pool)).all()
    for name in ("generation", "track", "party", "kind"):
        assert (getattr(charge, name) == getattr(refund, name)).all()
    assert (charge.atoms == -refund.atoms).all()


def anonymity(model: str, draw: Draw) -> None:
    snapshot, pool, under = world(model, draw), draw(pools), draw(rules)
    order = draw(st.permutations(range(len(snapshot.generation_ids))))
    renamed = _renamed(snapshot, order)
    if model == "artist_centric":  # where a cap leaves a use out by a tie, uses move, not atoms
        place = {(user, order[piece], n) for user, piece, n in oracle.capped(snapshot)}
        assume(place == set(oracle.capped(renamed)))
    before, after = (allocate(each, model, pool, under) for each in (snapshot, renamed))
    moved = after.piece_revenue_atoms[np.array(order)] - before.piece_revenue_atoms
    tied = splits(snapshot)
    assert (np.abs(moved) <= tied).all()
    lines = len(order) * tied * (1 + len(snapshot.track_ids))
    assert (np.abs(after.by_party() - before.by_party()) <= 2 * lines).all()


def shells(model: str, draw: Draw) -> None:
    """Every share of one party is cut in two under a second name; together they earn the same."""
    snapshot, pool, under = world(model, draw), draw(pools), draw(rules)
    party = draw(st.integers(0, len(snapshot.party_ids) - 1))
    divided = _with_shell(snapshot, party, draw(st.integers(0, 10**6)))
    whole, parts = (allocate(each, model, pool, under).by_party() for each in (snapshot, divided))
    entries = (len(snapshot.generation_ids) + 1) * len(snapshot.track_ids)
    assert abs(parts[party] + parts[-1] - whole[party]) <= 2 * entries
    others = np.delete(np.arange(len(whole)), party)
    assert (np.abs(parts[others] - whole[others]) <= entries).all()


def additivity(model: str, draw: Draw) -> None:
    snapshot = world(model, draw)
    first, second = (draw(st.integers(0, 10**15)) for _ in range(2))
    apart = _all_earned(snapshot, model, first) + _all_earned(snapshot, model, second)
    together = _all_earned(snapshot, model, first + second)
    lines = splits(snapshot) * len(together) * (1 + len(snapshot.track_ids))
    pieces = slice(len(snapshot.generation_ids))
    assert (np.abs(together - apart)[pieces] <= 2 * splits(snapshot)).all()
    assert (np.abs(together - apart) <= 2 * lines).all()


def no_use_no_pay(model: str, draw: Draw) -> None:
    snapshot = world(model, draw)
    earned = revenue(snapshot, model, draw(pools), draw(rules))
    unused = np.setdiff1d(np.arange(len(earned)), snapshot.usage_generation)
    assert not earned[unused].any()


def more_use(model: str, draw: Draw) -> None:
    snapshot, pool = world(model, draw), draw(st.integers(0, 10**15))
    usage = usage_of(snapshot)
    assume(usage)
    user = draw(st.sampled_from(sorted({who for who, _ in usage})))
    piece = draw(st.integers(0, len(snapshot.generation_ids) - 1))
    more = usage | {(user, piece): usage.get((user, piece), 0) + draw(st.integers(1, 100))}
    before = revenue(snapshot, model, pool)[piece]
    assert revenue(with_usage(snapshot, more), model, pool)[piece] >= before - splits(snapshot)


def piece_split(model: str, draw: Draw) -> None:
    """A piece of which every use (and fee) is an even number is released as two halves."""
    snapshot, pool = world(model, draw), draw(pools)
    even = with_usage(snapshot, {at: 2 * n for at, n in usage_of(snapshot).items()})
    even = replace(even, generation_fee_atoms=2 * snapshot.generation_fee_atoms)
    piece = draw(st.integers(0, len(snapshot.generation_ids) - 1))
    whole = revenue(even, model, pool)[piece]
    parts = revenue(_with_twin(even, piece), model, pool)
    assert abs(parts[piece] + parts[-1] - whole) <= 2 * splits(snapshot)


def intensity(model: str, draw: Draw) -> None:
    snapshot, pool, under = world(model, draw), draw(pools), draw(rules)
    factor = draw(st.integers(2, 10**6))
    user = draw(st.integers(0, len(snapshot.subscriber_fee_atoms) - 1))
    louder = {
        (who, piece): n * (factor if who == user else 1)
        for (who, piece), n in usage_of(snapshot).items()
    }
    before, after = (
        allocate(each, model, pool, under) for each in (snapshot, with_usage(snapshot, louder))
    )
    assert before.atoms.tolist() == after.atoms.tolist()
    assert before.piece_revenue_atoms.tolist() == after.piece_revenue_atoms.tolist()


def equal_is_pro_rata(model: str, draw: Draw) -> None:
    snapshot, total = equal_fees(model, draw), 12
    n_users, n_pieces = len(snapshot.subscriber_fee_atoms), len(snapshot.generation_ids)
    usage: dict[tuple[int, int], int] = {}
    for user in range(n_users):
        first, count = draw(st.integers(0, n_pieces - 1)), draw(st.integers(1, total))
        for piece, uses in ((first, count), ((first + 1) % n_pieces, total - count)):
            if uses:
                usage[(user, piece)] = usage.get((user, piece), 0) + uses
    equal = with_usage(snapshot, usage)
    pool = draw(st.integers(0, int(equal.subscriber_fee_atoms.sum())))
    plain = replace(equal, parameters=())
    difference = revenue(equal, model, pool) - revenue(plain, "pro_rata", pool)
    assert (np.abs(difference) <= splits(snapshot)).all()


def no_profit_from_fakes(model: str, draw: Draw) -> None:
    """k fakes who pay and use what they like: no set of pieces gains more than k fees."""
    snapshot, commission_ppm = equal_fees(model, draw), draw(st.integers(0, 10**6))
    k, usage = draw(st.integers(1, 4)), usage_of(snapshot)
    n_users, n_pieces = len(snapshot.subscriber_fee_atoms), len(snapshot.generation_ids)
    for fake in range(n_users, n_users + k):
        for piece in draw(st.sets(st.integers(0, n_pieces - 1), min_size=1)):
            usage[(fake, piece)] = draw(st.integers(1, 10**6))
    farmed = with_usage(replace(snapshot, subscriber_fee_atoms=np.full(n_users + k, FEE)), usage)
    gain = revenue(farmed, model, pool_of(farmed, commission_ppm)) - revenue(
        snapshot, model, pool_of(snapshot, commission_ppm)
    )
    assert gain[gain > 0].sum() <= k * FEE + n_pieces * splits(farmed)


def no_profit_from_bribes(model: str, draw: Draw) -> None:
    """One subscriber uses other things, or more: no set of pieces gains more than one fee."""
    snapshot, commission_ppm = equal_fees(model, draw), draw(st.integers(0, 10**6))
    n_users, n_pieces = len(snapshot.subscriber_fee_atoms), len(snapshot.generation_ids)
    bribed = draw(st.integers(0, n_users - 1))
    usage = {(who, piece): n for (who, piece), n in usage_of(snapshot).items() if who != bribed}
    for piece in draw(st.sets(st.integers(0, n_pieces - 1), min_size=1)):
        usage[(bribed, piece)] = draw(st.integers(1, 10**6))
    pool = pool_of(snapshot, commission_ppm)
    gain = revenue(with_usage(snapshot, usage), model, pool) - revenue(snapshot, model, pool)
    assert gain[gain > 0].sum() <= FEE + n_pieces * splits(snapshot)


TRIALS: dict[Axiom, Callable[[str, Draw], None]] = {
    Axiom.CONSERVATION: conservation,
    Axiom.SIGN: sign,
    Axiom.ANONYMITY: anonymity,
    Axiom.SHELLS: shells,
    Axiom.ADDITIVITY: additivity,
    Axiom.NO_USE_NO_PAY: no_use_no_pay,
    Axiom.MORE_USE: more_use,
    Axiom.PIECE_SPLIT: piece_split,
    Axiom.INTENSITY: intensity,
    Axiom.EQUAL_IS_PRO_RATA: equal_is_pro_rata,
    Axiom.NO_PROFIT_FROM_FAKES: no_profit_from_fakes,
    Axiom.NO_PROFIT_FROM_BRIBES: no_profit_from_bribes,
}


def _all_earned(snapshot: Snapshot, model: str, pool: int) -> IntArray:
    """What pieces and parties earned.  (G + P,)"""
    allocation = allocate(snapshot, model, pool, HELD)
    return np.append(allocation.piece_revenue_atoms, allocation.by_party())


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


def _with_shell(snapshot: Snapshot, party: int, cut_ppm: int) -> Snapshot:
    rows = np.repeat(np.arange(len(snapshot.track_ids)), np.diff(snapshot.owner_indptr))
    mine = snapshot.owner_party == party
    moved = snapshot.owner_ppm[mine] * cut_ppm // 10**6
    kept = snapshot.owner_ppm.copy()
    kept[mine] -= moved
    shell = len(snapshot.party_ids)
    indptr, owner_party, owner_ppm = csr_from_triples(
        np.append(rows, rows[mine]),
        np.append(snapshot.owner_party, np.full(mine.sum(), shell)),
        np.append(kept, moved),
        len(snapshot.track_ids),
    )
    return replace(
        snapshot,
        party_ids=(*snapshot.party_ids, "ZZ shell"),
        owner_indptr=indptr,
        owner_party=owner_party,
        owner_ppm=owner_ppm,
    )


def _with_twin(snapshot: Snapshot, piece: int) -> Snapshot:
    """The world in which half of a piece's uses and fees are those of a twin, shaped alike."""
    usage, twin = usage_of(snapshot), len(snapshot.generation_ids)
    for (user, used), count in list(usage.items()):
        if used == piece:
            usage[(user, piece)] = usage[(user, twin)] = count // 2
    fees = np.append(snapshot.generation_fee_atoms, snapshot.generation_fee_atoms[piece] // 2)
    fees[piece] //= 2
    row = slice(snapshot.share_indptr[piece], snapshot.share_indptr[piece + 1])
    wider = replace(
        snapshot,
        generation_ids=(*snapshot.generation_ids, "ZZ twin"),
        generation_fee_atoms=fees,
        share_indptr=np.append(
            snapshot.share_indptr, snapshot.share_indptr[-1] + row.stop - row.start
        ),
        share_track=np.append(snapshot.share_track, snapshot.share_track[row]),
        share_ppb=np.append(snapshot.share_ppb, snapshot.share_ppb[row]),
    )
    return with_usage(wider, usage)
