"""Methods say what their formulas say, and the comparison between them is fair."""

from collections.abc import Iterator
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from rich.console import Console

from attribution.engine import CaptureConfig
from attribution.engine import evaluation as lds
from attribution.reference.checkpoints import load_model
from benchmarks.fidelity import retraining, scoring
from benchmarks.fidelity.figure import draw
from benchmarks.fidelity.gradients import sample_gradients
from benchmarks.fidelity.methods import ALL, Member, Method
from benchmarks.fidelity.methods.engine import Engine
from benchmarks.fidelity.methods.gram import ExactGram
from benchmarks.fidelity.methods.plain import GradientCosine, GradientDot
from benchmarks.fidelity.methods.whitened import ExactWhitened
from benchmarks.fidelity.report import show
from benchmarks.fidelity.truth import Truth
from benchmarks.fidelity.world import GENERATED, HELD_OUT


@pytest.fixture(scope="module")
def checkpoints(world, made):
    return retraining.full_model(world, made[0])


@pytest.fixture(scope="module")
def member(world, observed, checkpoints) -> Member:
    model = load_model(checkpoints[-1])
    queries = [*observed.queries.sequences, *world.copies().sequences]
    return Member("last", model, world.full_corpus(), queries)


def only(method: Method, member: Member) -> np.ndarray:
    return dict(method.scores(member)).popitem()[1]


def flat_gradients(member: Member) -> np.ndarray:
    """One by one, through the task that the engine sees, unrotated: (n + n_queries, parameters)."""
    rows = []
    for task, count in (
        (member.segment_task, member.n_segments),
        (member.query_task, len(member.queries)),
    ):
        for segment in range(count):
            loss = task.sample_outputs(member.model, task.batch(np.array([segment]))).sum()
            grads = torch.autograd.grad(loss, list(member.model.parameters()))
            rows.append(torch.cat([grad.reshape(-1) for grad in grads]).numpy())
    return np.stack(rows)


def test_exact_gradients_are_those_of_autograd(member):
    sequences = [*member.segments, *member.queries]
    found = sample_gradients(member.model, sequences, member.corpus.bos)
    joined = np.concatenate([value.reshape(len(sequences), -1) for value in found.values()], 1)
    np.testing.assert_allclose(joined, flat_gradients(member), rtol=1e-3, atol=1e-4)


def test_grad_dot_and_cosine_are_inner_products_of_gradients(member):
    rows, n = flat_gradients(member).astype(np.float64), member.n_segments
    dots = rows[n:] @ rows[:n].T
    np.testing.assert_allclose(only(GradientDot(), member), dots, rtol=1e-3, atol=1e-2)
    norms = np.linalg.norm(rows, axis=1)
    cosines = dots / np.outer(norms[n:], norms[:n])
    np.testing.assert_allclose(only(GradientCosine(), member), cosines, rtol=1e-3, atol=1e-4)


def test_the_gram_kernel_is_the_primal_formula_of_trak(member):
    """φ_qᵀ (ΦᵀΦ + λ)⁻¹ φ_s over all parameters."""
    rows, n = flat_gradients(member).astype(np.float64), member.n_segments
    segments, queries = rows[:n], rows[n:]
    damping = 0.1 * np.square(segments).sum() / n
    hessian = segments.T @ segments + damping * np.eye(rows.shape[1])
    primal = queries @ np.linalg.solve(hessian, segments.T)
    dual = dict(ExactGram().scores(member))["damping 0.1"]
    np.testing.assert_allclose(dual, primal, rtol=2e-3, atol=1e-4)


def test_the_engines_rows_approach_the_exact_scores_as_they_grow(member):
    """Two implementations that share the curvature alone, so neither vouches for itself."""
    exact = dict(ExactWhitened().scores(member))[f"damping {CaptureConfig().damping:g}"]
    gaps = []
    for dimension in (256, 2**16):
        projected = only(Engine("ours", dimension=dimension, dtype="float32"), member)
        gaps.append(np.linalg.norm(projected - exact) / np.linalg.norm(exact))
    assert gaps[0] > 0.02
    assert gaps[1] < 1e-3


@pytest.mark.parametrize("method", ALL, ids=lambda method: method.name)
def test_every_method_scores_every_segment_for_every_query(method, member):
    for _, scores in method.scores(member):
        assert scores.shape == (len(member.queries), member.n_segments)
        assert np.isfinite(scores).all()
        assert np.std(scores) > 0


class Oracle(Method):
    """Knows the truth under one setting, and the opposite under another."""

    name = "oracle"

    def __init__(self, scores: np.ndarray) -> None:
        self._scores = scores

    def scores(self, member: Member) -> Iterator[tuple[str, np.ndarray]]:
        yield "wrong", -self._scores
        yield "right", self._scores


@pytest.fixture
def planted(world, observed, rng) -> tuple[Oracle, Truth]:
    """Losses that really are minus the sum of known scores."""
    n_queries = len(observed.queries.sequences)
    scores = rng.normal(size=(n_queries, len(world.segment_track())))
    halves = world.draw_subsets()
    losses = lds.predicted_losses(scores, world.segment_track(), halves)
    of_copies = (world.segment_track() == world.copies().source[:, None]).astype(float)
    return Oracle(np.concatenate((scores, of_copies))), Truth(
        observed.queries, halves, np.stack([losses, losses]), (1, 2)
    )


def test_a_method_that_is_right_scores_one_by_the_setting_that_tuning_chose(world, member, planted):
    oracle, truth = planted
    predictions = scoring.predict(world, truth, iter([member]), [*ALL, oracle])
    *_, chance, best = scoring.report(world, truth, predictions, 1)
    assert best.setting == "right"
    assert [best.by_kind[kind].value for kind in (GENERATED, HELD_OUT)] == pytest.approx([1, 1])
    assert chance.by_kind[GENERATED].value < 0.9
    assert best.found == 1
    assert chance.found < 1
    assert scoring.ceilings(truth) == pytest.approx({GENERATED: 1.0, HELD_OUT: 1.0})


def test_settings_are_not_chosen_on_what_is_reported(world, member, planted):
    """The oracle is wrong exactly where settings are chosen, and has to live with the choice."""
    oracle, truth = planted
    tuning = [*truth.queries.of_kind(GENERATED, tuning=True)]
    tuning += [*truth.queries.of_kind(HELD_OUT, tuning=True)]
    truth.losses[:, :, tuning] *= -1
    predictions = scoring.predict(world, truth, iter([member]), [oracle])
    (found,) = scoring.report(world, truth, predictions, 1)
    assert found.setting == "wrong"
    assert found.by_kind[GENERATED].value == pytest.approx(-1)
    assert found.found == 0


def test_the_whole_table_of_a_small_world(world, observed, checkpoints, tmp_path):
    members = scoring.members_of(world, observed, checkpoints)
    predictions = scoring.predict(world, observed, members, ALL)
    tables = [scoring.report(world, observed, predictions, count) for count in (1, 2)]
    console = Console(width=170)
    with console.capture() as captured:
        show(console, observed, tables, scoring.ceilings(observed), {})
    text = captured.get()
    assert "3 retrained halves × 2 seeds" in text
    assert text.count("Grad-Dot") == 2
    assert all(method.name in text for method in ALL)
    first = tables[0][0]
    assert first.row_numbers == CaptureConfig().dimension
    assert first.row_bytes == 16384
    assert first.to_first[GENERATED] == lds.Estimate(0, 0, 0)
    draw(tmp_path / "table.svg", tables[1], [("ours", {first.method}), ("absent", {"nobody"})])
    drawn = ElementTree.parse(tmp_path / "table.svg").getroot()
    dots = drawn.findall(".//{http://www.w3.org/2000/svg}circle")
    assert len(dots) == 4  # in each of two panels one, and one in its legend
