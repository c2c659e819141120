"""Whitening is the dense formula, whatever shortcut computes it, and survives a file."""

import numpy as np
import pytest
import torch
from torch import nn

from attribution.engine import Curvature, Featuriser, MismatchedCurvature, estimate_curvature
from attribution.engine.curvature.factors import Factor
from attribution.engine.gradients.check import autograd_gradients
from attribution.engine.gradients.pieces import Exact, Lookup, Outer, Sum
from attribution.engine.gradients.survey import survey
from attribution.engine.projections.maps import Maps

ROOM = {"dimension": 8192, "dtype": "float32"}  # for every number: inner products stay exact


def inverse_root(matrix, damping=0.001):
    values, vectors = np.linalg.eigh(matrix)
    return vectors @ np.diag((values.clip(0) + damping * values.mean()) ** -0.5) @ vectors.T


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


@pytest.mark.parametrize("tokens", [1, 2, 3, 6])  # each decides otherwise which side goes first
def test_a_linear_is_whitened_by_the_dense_formula(plain, tokens):
    torch.manual_seed(0)
    model, task = nn.Linear(3, 4), OneLinear(tokens)
    config = plain.config(**ROOM)
    curvature = estimate_curvature(model, task, range(10), config)
    featuriser = Featuriser(model, task, config, curvature)

    a = task.inputs.reshape(-1, 3).double().numpy()
    residual = (model(task.inputs) - task.targets).detach()
    g = (2 * residual).reshape(-1, 4).double().numpy()
    rows, columns = inverse_root(g.T @ g / 10), inverse_root(a.T @ a / len(a))
    gradients = autograd_gradients(model, task, range(10), ["weight", "bias"])
    weight = rows @ gradients["weight"].reshape(10, 4, 3).numpy() @ columns
    moments = np.square(g).sum(0) / 10
    bias = gradients["bias"].numpy() / np.sqrt(moments + 0.001 * moments.mean())

    whitened = np.concatenate([weight.reshape(10, -1), bias], axis=1)
    rows_found = featuriser.features(range(10)).astype(np.float64)
    np.testing.assert_allclose(rows_found @ rows_found.T, whitened @ whitened.T, rtol=1e-3)


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


def full(factor: Factor) -> torch.Tensor:
    root = factor.inverse_root(0.001, torch.device("cpu"))
    return root.diag() if root.dim() == 1 else root


def test_whitened_rows_have_the_size_of_their_parameters(make_case):
    """A sample's whitened gradient has about one unit of energy for each parameter it uses."""
    case = make_case("Plain")
    energy = np.square(case.featuriser(dimension=4096).features(range(12))).sum(1).mean()
    used = sum(p.numel() for p in case.model.parameters())
    assert 0.2 * used < energy < 2 * used


def test_factors_beyond_the_limit_keep_their_diagonal(plain):
    whole = plain.curvature().parameters["wide.weight"]
    cut = plain.curvature(largest_factor=8).parameters["wide.weight"]
    assert whole.rows.vectors is not None
    assert cut.rows.vectors is None
    assert cut.columns.vectors is not None
    rebuilt = whole.rows.vectors * whole.rows.values @ whole.rows.vectors.T
    np.testing.assert_allclose(cut.rows.values, rebuilt.diagonal(), rtol=1e-4)
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
    assert told == [(4, 10), (8, 10), (10, 10)]
