"""Which features are verified is drawn by lot, fairly, and anybody can draw again."""

from hashlib import sha256
from hmac import digest
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attribution.exchange.agreement import Tolerance, compare
from attribution.exchange.lot import (
    Ticket,
    chance_unseen,
    commitment_to,
    is_drawn,
    least,
    new_secret,
    segments_drawn,
)

SECRET = bytes(range(32))
PIECE = Ticket(UUID(int=7), "ab" * 32)
TICKETS = [Ticket(UUID(int=number), f"{number:064x}") for number in range(4000)]


def test_the_specification_in_other_words_draws_the_same() -> None:
    named = bytes.fromhex(PIECE.root) + PIECE.piece.bytes
    lot = int.from_bytes(digest(SECRET, b"piece\x00" + named, "sha256")[:8], "big")
    rate = lot * 10**6 // 2**64
    assert not is_drawn(SECRET, PIECE, rate)
    assert is_drawn(SECRET, PIECE, rate + 1)
    assert commitment_to(SECRET) == sha256(b"tantieme lot 1\x00" + SECRET).hexdigest()


def test_about_as_many_are_drawn_as_the_rate_says() -> None:
    drawn = sum(is_drawn(SECRET, each, 50_000) for each in TICKETS)
    assert abs(drawn - 200) < 4 * (4000 * 0.05 * 0.95) ** 0.5  # four standard deviations
    assert not any(is_drawn(SECRET, each, 0) for each in TICKETS)
    assert all(is_drawn(SECRET, each, 10**6) for each in TICKETS)


def test_a_higher_rate_draws_what_a_lower_one_does_and_more() -> None:
    few = {each for each in TICKETS if is_drawn(SECRET, each, 50_000)}
    many = {each for each in TICKETS if is_drawn(SECRET, each, 100_000)}
    assert few < many


def test_one_file_sent_for_many_pieces_is_not_drawn_for_all_or_none() -> None:
    same = [Ticket(each.piece, PIECE.root) for each in TICKETS]
    assert 100 < sum(is_drawn(SECRET, each, 50_000) for each in same) < 300


def test_another_days_secret_draws_others() -> None:
    first = {each for each in TICKETS if is_drawn(SECRET, each, 50_000)}
    other = {each for each in TICKETS if is_drawn(new_secret(), each, 50_000)}
    assert len(first & other) < len(first) / 2


def test_the_least_is_always_the_first_to_be_drawn() -> None:
    first = least(SECRET, TICKETS[:50])
    for rate_ppm in range(0, 10**6, 5_000):
        drawn = [each for each in TICKETS[:50] if is_drawn(SECRET, each, rate_ppm)]
        assert not drawn or first in drawn


@given(st.integers(1, 200), st.integers(1, 12), st.binary(min_size=32, max_size=32))
def test_segments_are_drawn_once_each_and_in_order(count: int, most: int, secret: bytes) -> None:
    drawn = segments_drawn(secret, PIECE, count, most)
    assert drawn == sorted(set(drawn))
    assert len(drawn) == min(count, most)
    assert all(0 <= number < count for number in drawn)


def test_every_segment_has_the_same_chance() -> None:
    drawn = [number for each in TICKETS for number in segments_drawn(SECRET, each, 16, 4)]
    counts = np.bincount(drawn, minlength=16)
    assert abs(counts - 1000).max() < 5 * (4000 * 0.25 * 0.75) ** 0.5


@given(st.floats(0, 1), st.integers(0, 50))
def test_a_cheat_stays_unseen_by_the_product_of_its_chances(fraction: float, checked: int) -> None:
    expected = 1.0
    for _ in range(checked):
        expected *= 1 - fraction
    assert chance_unseen(fraction, checked) == pytest.approx(expected)


def test_the_formula_holds_for_lots() -> None:
    """Of days with 60 pieces, 20 % of them false, 10 % drawn: how often none of the false is."""
    days, unseen, expected = 400, 0, 0.0
    for day in range(days):
        tickets = [Ticket(UUID(int=day * 100 + n), PIECE.root) for n in range(60)]
        drawn = [n for n, each in enumerate(tickets) if is_drawn(SECRET, each, 100_000)]
        unseen += all(n >= 12 for n in drawn)  # the first twelve are false
        expected += chance_unseen(0.2, len(drawn))
    assert abs(unseen - expected) < 4 * (days * 0.25) ** 0.5


@pytest.mark.parametrize(("fraction", "checked"), [(-0.1, 1), (1.1, 1), (float("nan"), 1), (0, -1)])
def test_what_is_no_fraction_of_draws_is_refused(fraction: float, checked: int) -> None:
    with pytest.raises(ValueError, match="no fraction"):
        chance_unseen(fraction, checked)


ROWS = np.random.default_rng(0).normal(size=(6, 256)).astype(np.float32)


@given(st.integers(0, 2**32), st.floats(0, 1e-4))
def test_honest_noise_is_within_the_tolerance(seed: int, size: float) -> None:
    noise = np.random.default_rng(seed).normal(size=ROWS.shape) * size
    assert compare(ROWS, ROWS * (1 + noise)).outside(Tolerance()) == []


@pytest.mark.parametrize(
    ("false", "places"),
    [
        pytest.param(ROWS * 1.01, [0, 1, 2, 3, 4, 5], id="scaled"),
        pytest.param(-ROWS, [0, 1, 2, 3, 4, 5], id="turned round"),
        pytest.param(ROWS[::-1], [0, 1, 2, 3, 4, 5], id="in another order"),
        pytest.param(np.roll(ROWS, 1, axis=1), [0, 1, 2, 3, 4, 5], id="numbers moved"),
        pytest.param(np.where(np.arange(6)[:, None] == 2, ROWS[3], ROWS), [2], id="one replaced"),
        pytest.param(np.where(np.arange(6)[:, None] == 2, 0, ROWS), [2], id="one silenced"),
        pytest.param(np.where(ROWS > 0, 1, -1).astype(np.float32), [0, 1, 2, 3, 4, 5], id="signs"),
        pytest.param(ROWS + 0.01 * ROWS[::-1], [0, 1, 2, 3, 4, 5], id="a hundredth of another"),
    ],
)
def test_a_row_that_was_computed_from_something_else_is_told(false, places: list[int]) -> None:
    assert compare(false, ROWS).outside(Tolerance()) == places


def test_silence_agrees_with_silence_alone() -> None:
    silent = np.zeros((1, 4), np.float32)
    assert compare(silent, silent).outside(Tolerance()) == []
    assert compare(silent, ROWS[:1, :4]).outside(Tolerance()) == [0]
    assert compare(ROWS[:1, :4], silent).outside(Tolerance()) == [0]


def test_rows_of_another_shape_do_not_compare() -> None:
    with pytest.raises(ValueError, match="do not compare"):
        compare(ROWS, ROWS[:3])
