"""A method that knows what a catalogue did is told from one that does not."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from attribution.engine import evaluation as lds
from benchmarks.fidelity import catalogues, retraining, scoring, truth
from benchmarks.fidelity.catalogues import Catalogues
from benchmarks.fidelity.catalogues_report import show
from benchmarks.fidelity.methods import Member, Method
from benchmarks.fidelity.methods.chance import Chance
from benchmarks.fidelity.methods.plain import GradientDot
from benchmarks.fidelity.truth import Truth
from benchmarks.fidelity.world import GENERATED, HELD_OUT

CATALOGUES: Catalogues = {
    "Ada": np.array([0, 1, 5]),
    "Ben": np.array([2, 3]),
    "Cleo": np.array([7]),
}


@pytest.fixture(scope="module")
def plan(world, observed) -> retraining.Plan:
    return catalogues.plan_of(world, observed.queries, CATALOGUES)


@pytest.fixture(scope="module")
def left_out(plan, tmp_path_factory) -> tuple[Path, Truth]:
    """Really retrained with two seeds."""
    root = tmp_path_factory.mktemp("catalogues")
    catalogues.remake(plan, root / "work", 2, folder=root / "truth", say=lambda _: None)
    return root, catalogues.read(plan, root / "truth")


class Known(Method):
    """Given scores."""

    name = "known"

    def __init__(self, scores: np.ndarray) -> None:
        self._scores = scores

    def scores(self, member: Member) -> Iterator[tuple[str, np.ndarray]]:
        yield "", self._scores


@pytest.fixture
def member(world, observed, made) -> Member:
    (member, *_) = scoring.members_of(world, observed, retraining.full_model(world, made[0]))
    return member


@pytest.fixture
def scores(world, observed, rng) -> np.ndarray:
    copies = world.copies().source
    return rng.normal(size=(len(observed.queries.sequences) + len(copies), 16)) + 0.5


@pytest.fixture
def planted(world, observed, plan, scores) -> Truth:
    """Losses that really are minus the sum of known scores."""
    of_queries = scores[: len(observed.queries.sequences)]
    losses = lds.predicted_losses(of_queries, world.segment_track(), plan.subsets)
    return Truth(observed.queries, plan.subsets, losses[None], (1,))


def judged(world, observed, left_out, member, *methods):
    return catalogues.judge(world, observed, left_out, iter([member]), methods)


def test_each_model_but_the_first_misses_one_catalogue(plan):
    assert plan.subsets.sum(1).tolist() == [8, 5, 6, 7]
    missing = [np.flatnonzero(~subset).tolist() for subset in plan.subsets]
    assert missing == [[], [0, 1, 5], [2, 3], [7]]


def test_models_of_one_seed_begin_alike_and_of_two_seeds_apart(world, observed, left_out, plan):
    assert plan.paired
    losses = left_out[1].losses  # (seeds, subsets, queries)
    assert (losses[0] != losses[1]).all()
    same = replace(plan, subsets=np.ones_like(plan.subsets))
    again = [retraining.retrain(same, retraining.Job(1, subset)) for subset in (0, 2)]
    assert np.array_equal(*again)
    assert np.array_equal(again[0], losses[0, 0])


def test_pairs_of_retrainings_are_never_taken_for_others(plan, tmp_path):
    assert plan.place(tmp_path) != replace(plan, paired=False).place(tmp_path)


def test_a_retraining_that_is_done_is_not_done_again(plan, left_out):
    said: list[str] = []
    catalogues.remake(plan, left_out[0] / "work", 2, folder=left_out[0] / "truth", say=said.append)
    assert said[0].startswith("8 of 8")


def test_the_effect_is_the_loss_without_minus_the_loss_with():
    losses = np.array([[1.0, 2.0, 3.0], [1.5, 2.0, 2.0]])  # everything; without the catalogue
    assert catalogues.effects(losses).tolist() == [[0.5], [0.0], [-1.0]]


def test_a_method_that_is_right_has_the_order_and_the_parts(
    world, observed, planted, member, scores
):
    rows, failures = judged(world, observed, planted, member, Known(scores), Known(-scores))
    right, wrong = rows
    assert failures == {}
    assert [one.value for one in right.order] == pytest.approx([1, 1, 1])
    assert [one.value for one in wrong.order] == pytest.approx([-1, -1, -1])
    assert right.mean.value == pytest.approx(1)
    np.testing.assert_allclose(right.part, catalogues.observe(planted).part)
    np.testing.assert_allclose(wrong.part, -right.part)
    assert np.abs(right.part).sum() == pytest.approx(1)


def test_only_the_reported_queries_count(world, observed, planted, member, scores):
    tuning = [
        query
        for kind in (GENERATED, HELD_OUT)
        for query in observed.queries.of_kind(kind, tuning=True)
    ]
    spoiled = scores.copy()
    spoiled[tuning] *= -1
    (found,), _ = judged(world, observed, planted, member, Known(spoiled))
    assert found.mean.value == pytest.approx(1)


def test_seeds_that_agree_leave_room_for_a_perfect_score(planted):
    twice = replace(planted, losses=np.concatenate((planted.losses, planted.losses)), seeds=(1, 2))
    assert catalogues.observe(twice).ceiling == pytest.approx([1, 1, 1])
    assert catalogues.observe(planted).ceiling == [None, None, None]


def test_losses_of_other_catalogues_are_refused(plan, left_out):
    other = replace(plan, subsets=plan.subsets[[0, 2, 1, 3]])
    with pytest.raises(truth.SpoiledTruth, match="other catalogues"):
        catalogues.read(other, left_out[0] / "truth")


def test_without_losses_the_command_to_make_them_is_named(plan, tmp_path):
    with pytest.raises(truth.SpoiledTruth, match="catalogues --retrain"):
        catalogues.read(plan, tmp_path)


def test_no_seed_is_refused(plan, tmp_path):
    with pytest.raises(ValueError, match="1 seed or more"):
        catalogues.remake(plan, tmp_path, 0)


def test_the_tables_name_every_catalogue_and_method(world, observed, left_out, member):
    methods = [GradientDot(), Chance()]
    rows, failures = judged(world, observed, left_out[1], member, *methods)
    console = Console(width=170)
    with console.capture() as captured:
        found = catalogues.observe(left_out[1])
        show(console, left_out[1], CATALOGUES, found, rows, failures)
    text = captured.get()
    assert "2 seeds" in text
    assert all(text.count(method.name) == 2 for method in methods)
    assert all(f"{name} ({len(of)})" in text for name, of in CATALOGUES.items())
    assert "of 3" in text


def test_the_bundled_catalogues_are_large_and_small():
    found = catalogues.bundled_catalogues()
    assert [len(tracks) for tracks in found.values()] == [24, 14, 7, 3]
