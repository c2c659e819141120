"""Whitening is the dense formula, whatever shortcut computes it, and survives a file."""

from collections import Counter
from math import prod

import numpy as np
import pytest
import torch
from torch import nn

from attribution.engine import (
    CaptureConfig,
    Curvature,
    Featuriser,
    MismatchedCurvature,
    estimate_curvature,
)
from attribution.engine.curvature.factors import Factor
from attribution.engine.curvature.moments import TokenMoments
from attribution.engine.curvature.refit import Refit, WholeGradients
from attribution.engine.gradients.check import autograd_gradients
from attribution.engine.gradients.passes import batches, gradient_pass
from attribution.engine.gradients.pieces import Exact, Lookup, Outer, Sum
from attribution.engine.gradients.survey import survey
from attribution.engine.projections.maps import Maps
from tests.engine.conftest import SEGMENTS

DAMPING = CaptureConfig().damping
ROOM = {"dimension": 8192, "dtype": "float32"}  # for every number: inner products stay exact


def inverse_root(matrix, damping=DAMPING):
    values, vectors = np.linalg.eigh(matrix)
    return vectors @ np.diag((values.clip(0) + damping * values.mean()) ** -0.5) @ vectors.T


def inverse(matrix):
    root = inverse_root(matrix, damping=0.001)
    return root @ root


def with_prior(total, of_tokens):
    """The mean of ten segments, and what tokens say with the weight of 32."""
    mean = total / 10
    scaled = of_tokens * np.trace(mean) / np.trace(of_tokens)
    return (10 * mean + 32 * scaled) / 42


class OneLinear:
    """Squared error of a Linear on random vectors, several tokens a segment."""

    def __init__(self, tokens: int) -> None:
        generator = torch.Generator().manual_seed(1)
        self.inputs = torch.randn(10, tokens, 3, generator=generator)
        self.targets = torch.randn(10, tokens, 4, generator=generator)

    def batch(self, segments):
        index = torch.as_tensor(segments)
        return self.inputs[index], self.targets[index]

    def sample_outputs(self, model, batch):
        return (model(batch[0]) - batch[1]).square().sum((1, 2))


class Padded(OneLinear):
    """The last tokens of each segment are padding."""

    def __init__(self, filler: float) -> None:
        super().__init__(6)
        self.mask = torch.arange(6) < torch.arange(1, 11)[:, None] % 7
        self.inputs[~self.mask] = filler

    def batch(self, segments):
        index = torch.as_tensor(segments)
        return self.inputs[index], self.targets[index], self.mask[index]

    def sample_outputs(self, model, batch):
        inputs, targets, mask = batch
        return ((model(inputs) - targets).square().sum(2) * mask).sum(1)


@pytest.mark.parametrize("tokens", [1, 2, 3, 6])  # each decides otherwise which side goes first
def test_a_linear_is_whitened_by_the_dense_formula(plain, tokens):
    torch.manual_seed(0)
    model, task = nn.Linear(3, 4), OneLinear(tokens)
    config = plain.config(**ROOM)
    curvature = estimate_curvature(model, task, range(10), config)
    featuriser = Featuriser(model, task, config, curvature)

    a = task.inputs.reshape(-1, 3).double().numpy()
    residual = (model(task.inputs) - task.targets).detach()
    g = (2 * residual).double().numpy()  # (10, T, 4)
    by_name = autograd_gradients(model, task, range(10), ["weight", "bias"])
    gradients = by_name["weight"].reshape(10, 4, 3).double().numpy()
    of_tokens = np.einsum("ntr,nts->rs", g, g) / 10, a.T @ a / len(a)
    columns = with_prior(
        np.einsum("nrc,rs,nsd->cd", gradients, inverse(of_tokens[0]), gradients) / 4, of_tokens[1]
    )
    rows = with_prior(
        np.einsum("nrc,cd,nsd->rs", gradients, inverse(columns), gradients) / 3, of_tokens[0]
    )
    moments = with_prior(
        np.diag(np.square(by_name["bias"].double().numpy()).sum(0)), np.diag((g**2).sum((0, 1)))
    )
    weight = inverse_root(rows) @ gradients @ inverse_root(columns)
    bias = by_name["bias"].double().numpy() @ inverse_root(moments)

    whitened = np.concatenate([weight.reshape(10, -1), bias], axis=1)
    rows_found = featuriser.features(range(10)).astype(np.float64)
    np.testing.assert_allclose(rows_found @ rows_found.T, whitened @ whitened.T, rtol=1e-3)


@pytest.mark.parametrize("batch_size", [1, 3, 10])
def test_padding_and_batches_change_nothing(plain, batch_size):
    """What stands in padded places is neither counted nor averaged."""
    torch.manual_seed(0)
    model = nn.Linear(3, 4)
    tasks = Padded(filler=0.0), Padded(filler=7.0)
    configs = plain.config(**ROOM), plain.config(**ROOM, batch_size=batch_size)
    known, found = (
        estimate_curvature(model, task, range(10), config).parameters["weight"]
        for task, config in zip(tasks, configs, strict=True)
    )
    for side in ("rows", "columns"):
        np.testing.assert_allclose(
            full(getattr(found, side)), full(getattr(known, side)), rtol=1e-3, atol=1e-4
        )


class Attended:
    """Squared length of what one head of attention returns, its key with a bias of its own."""

    def batch(self, segments):
        return torch.randn(10, 5, 4, generator=torch.Generator().manual_seed(2))[
            torch.as_tensor(segments)
        ]

    def sample_outputs(self, model, batch):
        key, query, value = model["key"](batch), model["query"](batch), model["value"](batch)
        return ((query @ key.mT).softmax(-1) @ value).square().sum((1, 2))


def test_a_gradient_that_is_rounding_alone_stays_small(plain):
    """A key's bias shifts all scores of a query alike, which softmax does not feel."""
    torch.manual_seed(0)
    model = nn.ModuleDict({name: nn.Linear(4, 4) for name in ("key", "query", "value")})
    alone = plain.config(**ROOM, exclude=("*.weight", "query.*", "value.*"))
    curvature = estimate_curvature(model, Attended(), range(10), alone)
    rows = Featuriser(model, Attended(), alone, curvature).features(range(10))
    assert np.square(rows).sum(1).max() < 1e-3 * model["key"].bias.numel()


def test_rows_whiten_the_exact_gradient_on_every_model(case):
    """Pieces, shortcuts and tied uses agree with one map applied to autograd's gradient."""
    config = case.config(**ROOM)
    curvature = case.curvature()
    plan = survey(case.model, case.task, config)
    kernel = np.zeros((12, 12))
    for name, rows in autograd_gradients(case.model, case.task, range(12), plan.covered).items():
        found = curvature.parameters[name]
        if found.rows is not None:
            left, right = full(found.rows), full(found.columns)
            values = left @ rows.reshape(12, len(left), len(right)) @ right
        else:
            values = rows * found.columns.inverse_root(config.damping, torch.device("cpu"))
        flat = values.reshape(12, -1).double().numpy()
        kernel += flat @ flat.T
    ours = Featuriser(case.model, case.task, config, curvature).features(range(12))
    ours = ours.astype(np.float64)
    np.testing.assert_allclose(ours @ ours.T, kernel, atol=1e-3 * np.abs(kernel).max())


def test_sides_are_refitted_to_the_whole_gradient_on_every_model(case):
    """However a parameter is used, and however often, what is squared is its whole gradient."""
    plan = survey(case.model, case.task, case.config())
    known = token_sides(case)
    refit = Refit("columns", known, known, 4096)
    for batch in batches(range(4), plan, 2):
        whole = WholeGradients(Counter(pieces_of(case, plan, batch)), refit.add)
        gradient_pass(case.model, case.task, batch, plan, whole.add)
        whole.close()
    found = refit.sides(4)
    for name, rows in autograd_gradients(case.model, case.task, range(4), plan.covered).items():
        values = rows.double().numpy().reshape(4, -1, len(known[name].columns))
        prior = known[name].columns.numpy()
        other = np.eye(1) if known[name].rows is None else inverse(square(known[name].rows))
        mean = np.einsum("nrc,rs,nsd->cd", values, other, values) / 4 / values.shape[1]
        if prior.ndim == 1:
            mean = mean.diagonal()
        if prior.any():
            mean = (4 * mean + 32 * prior * total(mean) / total(prior)) / 36
        np.testing.assert_allclose(
            found[name].columns, mean, atol=1e-3 * np.abs(mean).max(), err_msg=name
        )


def token_sides(case):
    moments = {}
    plan = survey(case.model, case.task, case.config())
    moments = {name: TokenMoments(4096) for name in plan.covered}
    for batch in batches(range(SEGMENTS), plan, 4):
        gradient_pass(
            case.model, case.task, batch, plan, lambda name, piece: moments[name].add(piece)
        )
    return {name: m.sides(SEGMENTS, prod(plan.shapes[name])) for name, m in moments.items()}


def pieces_of(case, plan, batch):
    names = []
    gradient_pass(case.model, case.task, batch, plan, lambda name, piece: names.append(name))
    return names


def total(side):
    return side.sum() if side.ndim == 1 else np.trace(side)


def square(side):
    return (side.diag() if side.dim() == 1 else side).numpy()


def full(factor: Factor) -> torch.Tensor:
    root = factor.inverse_root(DAMPING, torch.device("cpu"))
    return root.diag() if root.dim() == 1 else root


def test_whitened_rows_have_the_size_of_their_parameters(make_case):
    """A sample's whitened gradient has about one unit of energy for each parameter it uses."""
    case = make_case("Plain")
    energy = np.square(case.featuriser(dimension=4096).features(range(12))).sum(1).mean()
    used = sum(p.numel() for p in case.model.parameters())
    assert 0.2 * used < energy < 2 * used


def test_factors_beyond_the_limit_keep_their_diagonal(plain):
    cut = plain.curvature(largest_factor=8).parameters["wide.weight"]
    of_tokens = token_sides(plain)["wide.weight"]
    assert len(of_tokens.rows) > 8
    assert cut.rows.vectors is None
    assert cut.columns.vectors is not None
    np.testing.assert_allclose(cut.rows.values, of_tokens.rows.diagonal(), rtol=1e-4)
    plain.featuriser(largest_factor=1).features([0])


@pytest.mark.parametrize("diagonal", [True, False])
@pytest.mark.parametrize("tokens", [2, 5, 40])
def test_every_form_of_piece_is_whitened_alike(diagonal, tokens):
    generator = torch.Generator().manual_seed(tokens)
    square = torch.randn(7, 7, generator=generator)
    rows = torch.rand(7, generator=generator) if diagonal else square @ square.T
    columns = torch.rand(4, generator=generator)
    notes = torch.randint(0, 7, (3, tokens), generator=generator)
    grads = torch.randn(3, tokens, 4, generator=generator)
    maps = Maps((7, 4), rows, columns)
    one_hot = nn.functional.one_hot(notes, 7).float()
    by_lookup, by_outer = maps.apply(Lookup(notes, grads, 7)), maps.apply(Outer(one_hot, grads))
    torch.testing.assert_close(by_lookup, by_outer, rtol=1e-4, atol=1e-4)
    vector = Maps((1, 4), None, columns)
    torch.testing.assert_close(vector.apply(Sum(grads)), vector.apply(Exact(grads.sum(1))))


def test_a_curvature_survives_its_file(plain, tmp_path):
    curvature = plain.curvature()
    curvature.save(tmp_path / "c.npz")
    again = Curvature.load(tmp_path / "c.npz")
    assert again.digest() == curvature.digest()
    rows = [
        Featuriser(plain.model, plain.task, plain.config(), c).features(range(4))
        for c in (curvature, again)
    ]
    np.testing.assert_array_equal(*rows)
    assert [path.name for path in tmp_path.iterdir()] == ["c.npz"]


def test_a_damaged_curvature_is_refused(plain, tmp_path):
    path = tmp_path / "c.npz"
    plain.curvature().save(path)
    content = path.read_bytes()
    for broken in (content[: len(content) // 2], b"", b"not a curvature"):
        path.write_bytes(broken)
        with pytest.raises(MismatchedCurvature, match="Estimate it again"):
            Curvature.load(path)


def test_a_parameter_without_gradient_is_left_as_it_is():
    factor = Factor(np.zeros(3, np.float32), None)
    assert factor.inverse_root(0.001, torch.device("cpu")).tolist() == [1, 1, 1]


def test_an_empty_sample_is_refused(plain):
    with pytest.raises(MismatchedCurvature, match="at least one segment"):
        estimate_curvature(plain.model, plain.task, [], plain.config())


def test_progress_is_told(plain):
    told = []
    estimate_curvature(
        plain.model, plain.task, range(10), plain.config(),
        on_progress=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    assert told == [(n, 30) for n in (4, 8, 10, 14, 18, 20, 24, 28, 30)]
