"""What every featuriser promises, on every model of the cast."""

import numpy as np
import pytest
import torch

from attribution.engine import (
    BadGradients,
    CaptureConfig,
    EngineError,
    FeatureStore,
    Featuriser,
    IncompleteGradients,
    MismatchedCurvature,
    capture,
    probes,
)
from attribution.engine.gradients.check import autograd_gradients, dense_gradients
from attribution.engine.gradients.pieces import Exact
from attribution.engine.gradients.survey import survey
from attribution.engine.projections import projection_for


def projected_by_hand(case, config):
    """The promised row, from autograd's gradients and the matrix of the projection."""
    plan = survey(case.model, case.task, config)
    gradients = autograd_gradients(case.model, case.task, range(12), plan.covered)
    projection = projection_for(config, plan, None, "0", torch.device("cpu"))
    rows = np.zeros((12, config.dimension))
    for name, values in gradients.items():
        accumulator = projection.empty(values.shape[1])
        projection.add(accumulator, name, Exact(torch.eye(values.shape[1])))
        rows += values.double().numpy() @ projection.close(accumulator).double().numpy()
    return rows


class TestEveryFeaturiser:
    """The contract: exact, complete, independent of company."""

    def test_rows_are_the_projection_of_autograds_gradients(self, case):
        config = case.config(curvature="none")
        rows = Featuriser(case.model, case.task, config).features(range(12))
        expected = projected_by_hand(case, config)
        assert rows.dtype == np.float32
        np.testing.assert_allclose(rows, expected, atol=1e-5 * np.abs(expected).max())

    def test_per_sample_gradients_are_autograds(self, case):
        plan = survey(case.model, case.task, case.config())
        ours = dense_gradients(case.model, case.task, range(12), plan, 5)
        theirs = autograd_gradients(case.model, case.task, range(12), plan.covered)
        assert ours.keys() == theirs.keys()
        for name, rows in theirs.items():
            torch.testing.assert_close(ours[name], rows, rtol=1e-4, atol=1e-5)

    def test_the_self_check_passes(self, case):
        case.featuriser().self_check([0, 5, 11])

    def test_company_in_a_batch_changes_nothing(self, case):
        featuriser = case.featuriser()
        together = featuriser.features(range(12))
        shuffled = featuriser.features([7, 3, 3, 0, 11, 9, 1])
        alone = np.concatenate([featuriser.features([s]) for s in range(12)])
        scale = np.abs(together).max()
        np.testing.assert_allclose(together, alone, atol=2e-5 * scale)
        np.testing.assert_allclose(shuffled, alone[[7, 3, 3, 0, 11, 9, 1]], atol=2e-5 * scale)

    def test_every_parameter_is_accounted_for(self, case):
        coverage = case.featuriser().coverage()
        assert coverage.total == sum(p.numel() for p in case.model.parameters())
        assert coverage.batched == (case.name not in {"Bare", "Functional"})
        if case.name in {"Plain", "InPlace"}:
            assert coverage.covered_ppm == coverage.by_hooks_ppm == 1_000_000

    def test_the_model_is_left_as_it_was(self, case):
        case.model.train()
        required = [p.requires_grad for p in case.model.parameters()]
        kept = torch.ones_like(next(case.model.parameters()))
        next(case.model.parameters()).grad = kept
        case.featuriser().features([0, 1])
        assert [p.requires_grad for p in case.model.parameters()] == required
        assert next(case.model.parameters()).grad is kept
        assert all(module.training for module in case.model.modules())
        assert not any(module._forward_hooks for module in case.model.modules())


def test_coverage_names_what_needs_autograd(make_case):
    coverage = make_case("Bare").featuriser().coverage()
    assert coverage.parameters_by_kind["autograd"] == 6
    assert coverage.one_at_a_time_because == ("scale needs autograd",)
    assert "one sample at a time (scale needs autograd)" in coverage.describe()


def test_coverage_names_what_is_run_again(make_case):
    case = make_case("Plain")
    case.model.wide = torch.nn.utils.parametrizations.weight_norm(case.model.wide)
    coverage = case.featuriser().coverage()
    assert coverage.batched
    assert "wide is run again for all samples at once" in coverage.describe()


def test_unused_and_frozen_parameters_are_counted_as_left_out(make_case):
    assert make_case("Tied").featuriser().coverage().parameters_by_kind["unused"] == 63
    assert make_case("Transformer").featuriser().coverage().parameters_by_kind["frozen"] == 12


def test_a_weight_used_behind_the_hooks_back_is_left_to_autograd(make_case):
    case = make_case("Plain")
    called = case.model.forward
    case.model.forward = lambda x: (
        called(x) + called(x) @ (case.model.out.weight @ case.model.out.weight.T)
    )
    featuriser = case.featuriser()
    featuriser.self_check([0, 1, 2])
    assert featuriser.coverage().parameters_by_kind["autograd"] == case.model.out.weight.numel()


def test_a_weight_used_behind_the_hooks_back_for_some_segments_is_found_by_the_self_check(plain):
    called, out = plain.model.forward, plain.model.out
    special = plain.task.notes[3, :-1]
    plain.model.forward = lambda x: (
        called(x) * (1 + (x == special).all(1)[:, None, None] * out.weight.square().sum())
    )
    with pytest.raises(IncompleteGradients, match=r"out\.weight"):
        plain.featuriser().self_check([0, 1, 3])
    cured = plain.featuriser(by_autograd=("out.weight",))
    cured.self_check([0, 1, 3])
    assert cured.coverage().by_autograd_ppm > 0


def test_a_capture_checks_gradients_before_it_starts(plain, tmp_path):
    called, out = plain.model.forward, plain.model.out
    special = plain.task.notes[probes(12)[1], :-1]
    plain.model.forward = lambda x: (
        called(x) * (1 + (x == special).all(1)[:, None, None] * out.weight.square().sum())
    )
    store = FeatureStore.create(
        tmp_path / "s", plain.config(), members=["0"], n_segments=12, identity={}
    )
    with pytest.raises(IncompleteGradients, match=r"out\.weight"):
        capture(plain.featuriser(), store)
    assert store.missing_shards("0") == list(range(store.n_shards))


def test_a_model_that_looks_at_the_size_of_its_batch_goes_one_sample_at_a_time(plain):
    called = plain.model.forward
    plain.model.forward = lambda x: called(x) * (1 + x.shape[0])
    featuriser = plain.featuriser()
    featuriser.self_check([0, 1, 2])
    assert not featuriser.coverage().batched
    assert "one sample at a time" in featuriser.coverage().describe()


def test_samples_that_influence_one_another_are_found_by_the_self_check(plain):
    called = plain.model.forward
    plain.model.forward = lambda x: called(x) * called(x).mean()
    with pytest.raises(IncompleteGradients, match="batch_size to 1"):
        plain.featuriser().self_check([0, 1, 2])
    plain.featuriser(batch_size=1).self_check([0, 1, 2])


def test_a_segment_whose_output_is_not_finite_is_named(plain):
    featuriser = plain.featuriser()
    honest = plain.task.sample_outputs

    def broken(model, batch):
        spoilt = (batch == plain.task.notes[6]).all(1)
        return torch.where(spoilt, torch.tensor(float("nan")), honest(model, batch))

    plain.task.sample_outputs = broken
    with pytest.raises(BadGradients, match="segment 6 "):
        featuriser.features(range(12))


def test_a_segment_whose_gradient_alone_is_not_finite_is_named(plain):
    featuriser = plain.featuriser()
    honest = plain.task.sample_outputs

    def broken(model, batch):
        losses = honest(model, batch)
        spoilt = (batch == plain.task.notes[2]).all(1)
        return losses + torch.where(spoilt, losses - losses.detach(), 1.0).sqrt().nan_to_num()

    plain.task.sample_outputs = broken
    with pytest.raises(BadGradients, match="gradient of segment 2 "):
        featuriser.features(range(4))


def test_outputs_that_are_not_one_number_a_sample_are_refused(plain):
    plain.task.sample_outputs = lambda model, batch: model(batch[:, :-1]).sum((1, 2))[:1]
    with pytest.raises(BadGradients, match="one number a segment"):
        plain.featuriser(curvature="none")


def test_a_parameter_that_wakes_up_later_is_refused(plain):
    called = plain.model.forward
    spare = plain.model.spare = torch.nn.Linear(1, 1)
    plain.model.forward = lambda x: called(x) + (x[0, 0] == plain.task.notes[4, 0]) * 0.0
    featuriser = plain.featuriser(curvature="none")
    plain.model.forward = lambda x: called(x) + spare.weight.sum()
    with pytest.raises(IncompleteGradients, match=r"spare\.weight"):
        featuriser.features([4])


def test_excluded_parameters_do_not_move_a_row(plain):
    featuriser = plain.featuriser(curvature="none", exclude=("wide.*",))
    assert featuriser.coverage().parameters_by_kind["excluded"] == 63
    rows = featuriser.features(range(3))
    whole = plain.featuriser(curvature="none").features(range(3))
    assert not np.allclose(rows, whole)
    with pytest.raises(IncompleteGradients, match="No parameter"):
        plain.featuriser(curvature="none", exclude=("*",))


def test_members_have_projections_of_their_own(plain):
    config = plain.config(curvature="none")
    one, two = (Featuriser(plain.model, plain.task, config, member=m) for m in ("a", "b"))
    assert not np.allclose(one.features([0]), two.features([0]))
    assert one.fingerprint() != two.fingerprint()


def test_the_fingerprint_follows_weights_curvature_and_configuration(plain):
    prints = {plain.featuriser().fingerprint(), plain.featuriser().fingerprint()}
    assert len(prints) == 1
    prints.add(plain.featuriser(seed=1).fingerprint())
    prints.add(plain.featuriser(curvature="none").fingerprint())
    with torch.no_grad():
        plain.model.out.weight[0, 0] += 1e-6
    prints.add(plain.featuriser().fingerprint())
    assert len(prints) == 4


def test_no_segments_give_no_rows(plain):
    assert plain.featuriser().features([]).shape == (0, 64)


def test_configuration_and_curvature_must_agree(plain):
    with pytest.raises(EngineError, match="no curvature was given"):
        Featuriser(plain.model, plain.task, plain.config())
    with pytest.raises(EngineError, match="was given"):
        Featuriser(plain.model, plain.task, plain.config(curvature="none"), plain.curvature())


def test_another_models_curvature_is_refused(plain, make_case):
    foreign = make_case("Shared").curvature()
    with pytest.raises(MismatchedCurvature, match=r"norm\.weight"):
        Featuriser(plain.model, plain.task, plain.config(), foreign)


@pytest.mark.parametrize("field", ["dimension", "batch_size", "shard_rows", "damping"])
def test_impossible_configurations_are_refused(field):
    with pytest.raises(EngineError, match=field):
        CaptureConfig(**{field: 0})
