"""The uncertainty benchmark plants what it says, keeps what it made, and counts money correctly."""

from dataclasses import replace

import numpy as np
import pytest

from attribution.engine import CaptureConfig, Role
from attribution.reference.model import ModelConfig
from attribution.reference.tokens import Vocabulary
from attribution.reference.training import TrainingConfig
from benchmarks.uncertainty import measures
from benchmarks.uncertainty.members import Half, Laboratory, Member
from benchmarks.uncertainty.world import GENERATED, PLANTED, TRANSPOSED, UNSEEN, Piece, World

CONTEXT = 16


@pytest.fixture(scope="module")
def world() -> World:
    words, random = Vocabulary(), np.random.default_rng(0)
    middle = np.arange(words.pitches.start + 30, words.pitches.stop - 30)
    tracks = [[random.choice(middle, CONTEXT).astype(np.int16)] * 2 for _ in range(40)]
    return World(
        tracks=tracks,
        is_control=np.arange(40) % 4 == 0,
        vocabulary=words,
        model=ModelConfig(len(words), CONTEXT, width=8, layers=1, heads=2, hidden=8),
        training=TrainingConfig(epochs=1, batch_size=8, transposition=0, checkpoints=2),
        capture=CaptureConfig(dimension=64, shard_rows=32),
        n_generated=4,
        n_planted=2,
    )


@pytest.fixture(scope="module")
def made(world, tmp_path_factory):
    said: list[str] = []
    laboratory = Laboratory(world, tmp_path_factory.mktemp("work"), said.append)
    half = laboratory.half(0)
    return laboratory, half, laboratory.members(half, [0, 1], 2), said


def test_halves_share_no_track_and_leave_the_controls_out(world):
    one, other = world.halves()
    assert not set(one) & set(other)
    assert not world.is_control[np.concatenate([one, other])].any()
    roles = world.roles(1)
    assert set(np.flatnonzero(roles == Role.TRAINED)) == set(other)
    assert set(np.flatnonzero(roles == Role.TEST)) == set(one)
    assert set(np.flatnonzero(roles == Role.CALIBRATION)) == set(np.flatnonzero(world.is_control))


def test_a_planted_piece_holds_as_much_of_its_source_as_it_says(world, made):
    trained, seen = set(world.halves()[0]), set()
    for piece in made[1].pieces:
        if piece.kind in PLANTED:
            window = world.tracks[piece.source][0].tobytes()
            length = round(PLANTED[piece.kind] * CONTEXT)
            passages = (piece.tokens[at : at + length] for at in range(CONTEXT - length + 1))
            assert any(passage.tobytes() in window for passage in passages)
        if piece.source >= 0:
            assert piece.source in trained - seen
            seen.add(piece.source)
    kinds = [piece.kind for piece in made[1].pieces]
    assert [kinds.count(kind) for kind in (GENERATED, *PLANTED, TRANSPOSED, UNSEEN)] == [4] + [
        2
    ] * 5


def test_what_was_made_is_not_made_again(world, made):
    laboratory, half, members, said = made
    before = len(said)
    again = laboratory.members(half, [0, 1], 2)
    assert len(said) == before > 0
    assert [(m.seed, m.step) for m in again] == [(m.seed, m.step) for m in members]
    assert all(np.array_equal(a.scores, b.scores) for a, b in zip(again, members, strict=True))


def test_another_configuration_is_not_answered_with_old_scores(world, made):
    laboratory, half, _, said = made
    other = Laboratory(
        replace(world, capture=CaptureConfig(dimension=32)), laboratory.work, said.append
    )
    before = len(said)
    other.members(half, [0], 1)
    assert said[before:] == [f"scores of half 0, seed 0, step {made[2][1].step}"]


def simulated(*, source: int) -> tuple[Half, list[Member], np.ndarray]:
    """Twelve pieces and eighty tracks of one segment; the first piece has a strong source."""
    random = np.random.default_rng(0)
    roles = np.repeat([Role.TRAINED, Role.CALIBRATION, Role.TEST], [30, 20, 30])
    pieces = [Piece(np.zeros(1, np.int16), GENERATED, -1)] * 12
    pieces[0] = Piece(np.zeros(1, np.int16), "whole window", 3)
    scores = random.normal(size=(2, 12, 80)).astype(np.float32)
    scores[:, 0, source] += 200
    half = Half(0, pieces, roles.astype(np.int64), np.zeros(0, np.int64), np.arange(12))
    norms = np.ones(80, dtype=np.float32)
    return half, [Member(seed, 1, scores[seed], norms) for seed in (0, 1)], np.arange(80)


@pytest.mark.parametrize(
    ("source", "expected"),
    [(3, (1, 0, 0)), (7, (0, 1, 0)), (60, (0, 0, 1)), (40, (0, 0, 0))],
    ids=["true source", "other trained track", "left-out track", "control"],
)
def test_money_is_told_apart_by_who_gets_it(source, expected):
    half, members, track = simulated(source=source)
    rows = {row.kind: row for row in measures.money([(half, members)], track)}
    found = rows["whole window"]
    assert (found.power, found.wrong, found.false_payment) == pytest.approx(expected, abs=0.02)
    assert rows[GENERATED].power is None
    assert rows["all but copies of unseen"].pieces == 12


@pytest.mark.parametrize(("shift", "alike"), [(0.0, True), (0.5, False)], ids=["alike", "higher"])
def test_left_out_tracks_that_score_higher_are_found_out(shift, alike):
    half, members, track = simulated(source=3)
    for member in members:
        member.scores[:, 50:] += shift
    found = measures.exchangeability(half, members, track)
    assert (found.low <= 0.5 <= found.high) == alike
    assert (found.distance <= found.by_chance) == alike
