"""The published worked example: three subscribers, four pieces, three holders, to the cent."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from royalty.apportionment import LineKind, Rules, allocate, commission_atoms, to_minor_units
from tests.apportionment.worlds import CENT, EURO, four_pieces

POOL = 28 * EURO
Parameters = tuple[tuple[str, int], ...]


def cents(model: str, stated: Parameters = (), **owners: dict[str, int]) -> list[int]:
    world = replace(
        four_pieces(**owners),
        parameters=stated,
        track_work=np.array([0, 0, 1]),
        track_milliseconds=np.array([60_000, 120_000, 100_000]),
    )
    atoms = allocate(world, model, POOL, Rules()).by_party()
    return to_minor_units(atoms, CENT, 2800).tolist()


def test_the_pool_is_gross_less_thirty_percent() -> None:
    assert 40 * EURO - commission_atoms(40 * EURO, 300_000, CENT) == POOL


@pytest.mark.parametrize(
    ("model", "expected"),
    [("pro_rata", [1255, 677, 868]), ("user_centric", [1296, 920, 584])],
)
def test_holders_are_paid_to_the_cent(model: str, expected: list[int]) -> None:
    assert cents(model) == expected


def test_a_blend_of_halves_pays_the_published_cents() -> None:
    assert cents("blend", (("alpha_ppm", 500_000),)) == [1275, 799, 726]


def exact_cents(revenue: list[Fraction]) -> list[Fraction]:
    """What A, B and C earn of pieces that earned so many cents, by hand."""
    shares = [
        ("1/2", "1/3", "1/6"),
        ("0", "3/4", "1/4"),
        ("1/5", "1/5", "3/5"),
        ("2/3", "0", "1/3"),
    ]
    t1, t2, t3 = (
        sum(piece * Fraction(row[track]) for piece, row in zip(revenue, shares, strict=True))
        for track in range(3)
    )
    return [t1 + t3 * Fraction(2, 5), t2, t3 * Fraction(3, 5)]


# What the four pieces earn in cents. U1 pays 1000 and uses G1 twice, G2 once; U2 pays 1000 and uses
# G3 thirty times; U3 pays 2000 and uses G2 three and G4 four times.
BY_HAND = {
    # 700 of U1 and 1400 of U3 in halves, 700 of U2 whole
    "shapley_index": ((), [350, 350 + 700, 700, 700]),
    # A use costs γ = (2800 - 1000) / 10 = 180: U2 spends 1000, U1 carries 540, U3 1260.
    "scaled_user_prop": ((), [360, 180 + 540, 1000, 720]),
    # U2 counts 10 uses: 2, 4, 10, 4 of 20. Nothing is established.
    "artist_centric": (
        (
            *(("boost_factor", 2), ("boost_uses", 10**6)),
            *(("boost_subscribers", 1), ("subscriber_cap", 10)),
        ),
        [280, 560, 1400, 560],
    ),
}


@pytest.mark.parametrize("model", BY_HAND)
def test_models_without_published_cents_pay_what_comes_out_by_hand(model: str) -> None:
    stated, pieces = BY_HAND[model]
    exact = exact_cents([Fraction(cents) for cents in pieces])
    atoms = allocate(replace(four_pieces(), parameters=stated), model, POOL, Rules()).by_party()
    assert atoms.tolist() == pytest.approx([float(each * CENT) for each in exact], abs=3)


def test_a_boost_doubles_the_established_inside_a_piece_and_between_pieces() -> None:
    """T3 reaches 2/6 + 4/4 + 30·3/5 + 4/3 = 20 2/3 uses, T1 and T2 stay below 20."""
    stated = {"boost_factor": 2, "boost_uses": 20, "boost_subscribers": 3, "subscriber_cap": 99}
    world = replace(four_pieces(), parameters=tuple(stated.items()))
    allocation = allocate(world, "artist_centric", POOL, Rules())
    weights = [2 * Fraction(7, 6), 4 * Fraction(5, 4), 30 * Fraction(8, 5), 4 * Fraction(4, 3)]
    exact = [float(POOL * weight / sum(weights)) for weight in weights]
    assert allocation.piece_revenue_atoms.tolist() == pytest.approx(exact, abs=3)
    of_g4 = allocation.atoms[(allocation.generation == 3) & (allocation.track == 2)].sum()
    assert of_g4 == pytest.approx(exact[3] / 2, abs=3)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        # T1 and T2 are of one work: 700 each, T3 has 1400 of which A owns 2/5
        ("training_fee_per_work", [700 + 560, 700, 840]),
        # 60, 120 and 100 of 280 seconds
        ("training_fee_by_seconds", [600 + 400, 1200, 600]),
    ],
)
def test_a_training_fee_is_shared_whatever_was_generated(model: str, expected: list[int]) -> None:
    assert cents(model) == expected


@pytest.mark.parametrize(
    ("model", "exact_cents"),
    [("pro_rata", [3766 / 3, 2030 / 3, 868]), ("user_centric", [11662 / 9, 8285 / 9, 1751 / 3])],
)
def test_holders_hold_the_exact_amount_within_atoms(model: str, exact_cents: list[float]) -> None:
    atoms = allocate(four_pieces(), model, POOL, Rules()).by_party()
    assert atoms.tolist() == pytest.approx([c * CENT for c in exact_cents], abs=3)


def test_everything_was_attributed() -> None:
    totals = allocate(four_pieces(), "pro_rata", POOL, Rules()).by_kind()
    assert totals.pop(LineKind.ATTRIBUTED) == POOL
    assert not any(totals.values())


def test_a_restatement_posts_the_difference_of_cumulative_amounts() -> None:
    before = cents("pro_rata")
    after = cents("pro_rata", t3_owners={"C": 1_000_000})
    deltas = [new - old for new, old in zip(after, before, strict=True)]
    assert deltas == [-578, 0, 578]
