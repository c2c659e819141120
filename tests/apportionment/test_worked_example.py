"""The published worked example: three subscribers, four pieces, three holders, to the cent."""

import pytest

from royalty.apportionment import LineKind, Rules, allocate, commission_atoms, to_minor_units
from tests.apportionment.worlds import CENT, EURO, four_pieces

POOL = 28 * EURO


def cents(model: str, **owners: dict[str, int]) -> list[int]:
    atoms = allocate(four_pieces(**owners), model, POOL, Rules()).by_party()
    return to_minor_units(atoms, CENT, 2800).tolist()


def test_the_pool_is_gross_less_thirty_percent() -> None:
    assert 40 * EURO - commission_atoms(40 * EURO, 300_000, CENT) == POOL


@pytest.mark.parametrize(
    ("model", "expected"),
    [("pro_rata", [1255, 677, 868]), ("user_centric", [1296, 920, 584])],
)
def test_holders_are_paid_to_the_cent(model: str, expected: list[int]) -> None:
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
