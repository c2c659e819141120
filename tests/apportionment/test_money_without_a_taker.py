"""Unattributed, unclaimed and unused money stays visible and follows the contract."""

from dataclasses import replace

import numpy as np
import pytest

from royalty.apportionment import (
    LineKind,
    Rules,
    Snapshot,
    SnapshotError,
    allocate,
    csr_from_triples,
)
from tests.apportionment.worlds import EURO, four_pieces, with_usage

POOL = 28 * EURO


def half_attributed() -> Snapshot:
    """One piece, half of it attributed to T1; C owns only 60 % of T3, the rest is unclaimed."""
    world = four_pieces(t3_owners={"C": 600_000})
    indptr, track, ppb = csr_from_triples([0], [0], [500_000_000], 4)
    world = replace(world, share_indptr=indptr, share_track=track, share_ppb=ppb)
    return with_usage(world, {(0, 0): 1})


def nonzero(snapshot: Snapshot, rules: Rules, model: str = "pro_rata") -> dict[str, int]:
    totals = allocate(snapshot, model, POOL, rules).by_kind()
    return {kind.name: atoms for kind, atoms in totals.items() if atoms}


def test_unattributed_money_is_held_if_the_contract_says_so() -> None:
    assert nonzero(half_attributed(), Rules(fallback="held")) == {
        "ATTRIBUTED": 14 * EURO,
        "HELD_UNATTRIBUTED": 14 * EURO,
    }


def test_unattributed_money_is_returned_if_the_contract_says_so() -> None:
    assert nonzero(half_attributed(), Rules(fallback="platform")) == {
        "ATTRIBUTED": 14 * EURO,
        "TO_PLATFORM": 14 * EURO,
    }


def test_unattributed_money_is_split_equally_over_the_training_set() -> None:
    world = replace(half_attributed(), training_track=np.array([True, False, True]))
    allocation = allocate(world, "pro_rata", POOL, Rules(fallback="equal_training_set"))
    fallback = allocation.generation == -1
    places = zip(
        allocation.track[fallback].tolist(),
        allocation.party[fallback].tolist(),
        [LineKind(kind).name for kind in allocation.kind[fallback].tolist()],
        allocation.atoms[fallback].tolist(),
        strict=True,
    )
    assert list(places) == [
        (0, 0, "FALLBACK_EQUAL", 7 * EURO),
        (2, 2, "FALLBACK_EQUAL", 420 * EURO // 100),
        (2, -1, "HELD_UNCLAIMED", 280 * EURO // 100),
    ]


def test_an_equal_fallback_without_a_training_set_is_refused() -> None:
    world = replace(half_attributed(), training_track=np.zeros(3, dtype=np.bool_))
    with pytest.raises(SnapshotError, match="marks no track as trained on"):
        allocate(world, "pro_rata", POOL, Rules(fallback="equal_training_set"))


def test_an_empty_training_set_is_no_fault_when_everything_is_attributed() -> None:
    world = replace(four_pieces(), training_track=np.zeros(3, dtype=np.bool_))
    assert nonzero(world, Rules()) == {"ATTRIBUTED": POOL}


def test_the_unclaimed_part_of_a_track_is_held_under_every_rule() -> None:
    world = four_pieces(t3_owners={"C": 600_000})
    for fallback in ("equal_training_set", "held", "platform"):
        totals = nonzero(world, Rules(fallback=fallback))
        assert totals["HELD_UNCLAIMED"] == 578_666_666  # 40 % of T3 in atoms
        assert totals.keys() == {"ATTRIBUTED", "HELD_UNCLAIMED"}


def test_a_piece_that_nothing_shaped_pays_nobody_by_attribution() -> None:
    world = with_usage(four_pieces(), {(0, 0): 1})
    indptr, track, ppb = csr_from_triples([], [], [], 4)
    unattributed = replace(world, share_indptr=indptr, share_track=track, share_ppb=ppb)
    assert nonzero(unattributed, Rules(fallback="held")) == {"HELD_UNATTRIBUTED": POOL}


@pytest.mark.parametrize(
    "model",
    ["pro_rata", "user_centric", "per_output", "shapley_index", "scaled_user_prop", "advertising"],
)
def test_a_pool_that_nobody_used_is_held_or_returned(model: str) -> None:
    unused = with_usage(four_pieces(), {})
    assert nonzero(unused, Rules(), model) == {"HELD_NO_USE": POOL}
    returned = nonzero(unused, Rules(idle_subscribers="platform"), model)
    assert returned == {"TO_PLATFORM": POOL}


def test_idle_subscribers_feed_the_pool_of_the_active_ones() -> None:
    world = with_usage(four_pieces(), {(0, 0): 2, (2, 3): 5})  # U2 of U1, U2, U3 is idle
    revenue = allocate(world, "user_centric", 30 * EURO, Rules()).piece_revenue_atoms
    assert revenue.tolist() == [10 * EURO, 0, 0, 20 * EURO]


def test_an_idle_subscribers_money_returns_to_the_platform_if_the_contract_says_so() -> None:
    world = with_usage(four_pieces(), {(0, 0): 2, (2, 3): 5})
    allocation = allocate(world, "user_centric", 40 * EURO, Rules(idle_subscribers="platform"))
    assert allocation.piece_revenue_atoms.tolist() == [10 * EURO, 0, 0, 20 * EURO]
    assert allocation.idle_atoms == 10 * EURO
    assert allocation.by_kind()[LineKind.TO_PLATFORM] == 10 * EURO


def test_a_subscriber_who_pays_nothing_moves_no_money_user_centrically() -> None:
    world = replace(four_pieces(), subscriber_fee_atoms=np.array([0, 10 * EURO, 20 * EURO]))
    revenue = allocate(world, "user_centric", 30 * EURO, Rules()).piece_revenue_atoms
    assert revenue[0] == 0  # only U1 used G1
    assert revenue.sum() == 30 * EURO


def test_per_output_follows_fees() -> None:
    world = replace(four_pieces(), generation_fee_atoms=np.array([0, EURO, 3 * EURO, 0]))
    revenue = allocate(world, "per_output", 2 * EURO, Rules()).piece_revenue_atoms
    assert revenue.tolist() == [0, EURO // 2, 3 * EURO // 2, 0]


@pytest.mark.parametrize("rule", [{"fallback": "keep"}, {"idle_subscribers": "held"}])
def test_a_rule_outside_the_contracts_words_is_refused(rule: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="use one of"):
        Rules(**rule)  # type: ignore[arg-type]


def test_an_unknown_model_is_named_with_those_that_exist() -> None:
    with pytest.raises(KeyError, match="pro_rata, user_centric, per_output"):
        allocate(four_pieces(), "prorata", POOL, Rules())
