"""Owners who claim more than the whole: only the contested part is held, and nobody decides."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from royalty.apportionment import (
    LineKind,
    Rules,
    Snapshot,
    allocate,
    contested_rows,
    csr_from_triples,
    explain_line,
    undisputed_ppm,
)
from tests.apportionment.worlds import EURO, four_pieces, with_usage

OWNERS = "ABCDE"
claims = st.lists(st.integers(0, 10**6), min_size=1, max_size=5)


def claimed(*claims_ppm: int) -> Snapshot:
    """One piece, all of it from T1, which these claim, A first."""
    world = with_usage(four_pieces(), {(0, 0): 1})
    shares = csr_from_triples([0], [0], [10**9], 4)
    parties = tuple(OWNERS[: len(claims_ppm)])
    owners = csr_from_triples([0] * len(parties), range(len(parties)), claims_ppm, 3)
    names = ("share_indptr", "share_track", "share_ppb", "owner_indptr", "owner_party", "owner_ppm")
    return replace(world, party_ids=parties, **dict(zip(names, (*shares, *owners), strict=True)))


def paid(world: Snapshot, pool: int) -> tuple[list[int], int]:
    """What each owner gets of a pool, and what is held because they disagree."""
    lines = allocate(world, "pro_rata", pool, Rules())
    assert lines.atoms.sum() == pool
    return lines.by_party().tolist(), lines.by_kind()[LineKind.HELD_DISPUTED]


def test_sixty_and_fifty_percent_of_ten_are_five_four_and_one_held() -> None:
    assert paid(claimed(600_000, 500_000), 10 * EURO) == ([5 * EURO, 4 * EURO], EURO)


@pytest.mark.parametrize(
    ("claims_ppm", "cents"),
    [
        pytest.param((600_000, 300_000, 300_000), [400, 100, 100], id="three, in part"),
        pytest.param((500_000, 500_000, 500_000), [0, 0, 0], id="three halves"),
        pytest.param((1_000_000, 1_000_000), [0, 0], id="two wholes"),
        pytest.param((1_000_000, 250_000), [750, 0], id="a whole and a quarter"),
        pytest.param((1_000_000, 0), [1000, 0], id="a whole and nothing"),
        pytest.param((1_000_000, 1, 1, 1), [999.997, 0, 0, 0], id="a whole and crumbs"),
        pytest.param((600_000, 400_001), [599.999, 400], id="by one millionth"),
        pytest.param((600_000, 400_000), [600, 400], id="exactly the whole"),
        pytest.param((600_000, 300_000), [600, 300], id="less than the whole"),
    ],
)
def test_an_owner_has_what_the_others_leave(
    claims_ppm: tuple[int, ...], cents: list[float]
) -> None:
    parts, held = paid(claimed(*claims_ppm), 10 * EURO)
    assert [atoms / (EURO // 100) for atoms in parts] == cents
    total = sum(claims_ppm)
    assert held == (10 * EURO - sum(parts) if total > 10**6 else 0)


def test_what_is_contested_is_told_from_what_nobody_claims() -> None:
    contested = allocate(claimed(600_000, 500_000), "pro_rata", 10 * EURO, Rules()).by_kind()
    unclaimed = allocate(claimed(600_000, 300_000), "pro_rata", 10 * EURO, Rules()).by_kind()
    assert (contested[LineKind.HELD_DISPUTED], contested[LineKind.HELD_UNCLAIMED]) == (EURO, 0)
    assert (unclaimed[LineKind.HELD_DISPUTED], unclaimed[LineKind.HELD_UNCLAIMED]) == (0, EURO)


@given(claims)
def test_nobody_has_more_than_claimed_nor_than_the_others_leave(claims_ppm: list[int]) -> None:
    world = claimed(*claims_ppm)
    total, counted = sum(claims_ppm), undisputed_ppm(world).tolist()
    assert contested_rows(world).tolist() == [total > 10**6, False, False]
    for claim, ppm in zip(claims_ppm, counted, strict=True):
        assert 0 <= ppm <= claim
        assert ppm == claim or ppm == max(0, 10**6 - (total - claim))
    assert sum(counted) <= 10**6
    assert (sum(counted) == total) == (total <= 10**6)


@given(claims, st.integers(-(10**12), 10**12))
def test_withdrawing_a_claim_takes_nothing_from_anybody_else(
    claims_ppm: list[int], pool: int
) -> None:
    """Why a dispute can be settled by mending the shares: what others had, they keep."""
    before, _ = paid(claimed(*claims_ppm), pool)
    after, _ = paid(claimed(*claims_ppm[:-1], 0), pool)
    pairs = list(zip(before, after, strict=True))[:-1]
    assert all(abs(then) >= abs(now) - 1 for now, then in pairs)


@settings(max_examples=50)
@given(claims)
def test_the_explanation_says_that_only_the_undisputed_part_counts(claims_ppm: list[int]) -> None:
    world, rules = claimed(*claims_ppm), Rules()
    lines = allocate(world, "pro_rata", 10 * EURO, rules)
    for row, party in enumerate(lines.party.tolist()):
        explanation = explain_line(world, "pro_rata", 10 * EURO, rules, lines.place(row))
        last = explanation.steps[-1]
        assert explanation.atoms == lines.atoms[row]
        assert (last.weighed == "undisputed ppm") == (sum(claims_ppm) > 10**6)
        assert (last.stage == "held") == (party == -1)
