"""What the engine promises of the gradients of any model; a test class of each family inherits it.

A subclass gives a fixture `subject`, parametrised over its models.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from attribution.engine import CaptureConfig, Featuriser, Task, estimate_curvature
from attribution.engine.gradients.check import autograd_gradients, dense_gradients
from attribution.engine.gradients.survey import survey

torch.set_num_threads(1)
SEGMENTS = 6


class Numbers:
    """Random inputs of one shape; the output is a bent sum of all that the model returns."""

    def __init__(self, *shape: int, segments: int = SEGMENTS) -> None:
        generator = torch.Generator().manual_seed(5)
        self.inputs = torch.randn(segments, *shape, generator=generator)

    def batch(self, segments: np.ndarray) -> Tensor:
        return self.inputs[torch.as_tensor(segments)]

    def sample_outputs(self, model: nn.Module, batch: Tensor) -> Tensor:
        return self.summed(model(batch))

    def summed(self, found: Tensor) -> Tensor:
        numbers = found.float().flatten(1)
        return (numbers.square() * torch.linspace(0.5, 1.5, numbers.shape[1])).sum(1)


class Notes(Numbers):
    """The same for models that read tokens."""

    def __init__(self, length: int, vocabulary: int, segments: int = SEGMENTS) -> None:
        super().__init__(1)
        generator = torch.Generator().manual_seed(6)
        self.inputs = torch.randint(0, vocabulary, (segments, length), generator=generator)


@dataclass(frozen=True)
class Subject:
    """A model, its task, and what is known of how the engine sees it."""

    make: Callable[[], nn.Module]
    task: Task
    by_autograd: Sequence[str] = ()  # parameters that no hook sees
    batched: bool = True
    relative: float = 1e-4  # of each gradient
    model: nn.Module = field(init=False)

    def __post_init__(self) -> None:
        torch.manual_seed(7)
        object.__setattr__(self, "model", self.make())

    def config(self, **changes: object) -> CaptureConfig:
        return CaptureConfig(**{"dimension": 256, "curvature": "none", "batch_size": 4, **changes})


def assert_same_gradients(ours: dict[str, Tensor], theirs: dict[str, Tensor], rel: float) -> None:
    """Every row of every parameter, up to rounding beside the whole gradient of the sample."""
    assert ours.keys() == theirs.keys()
    whole = torch.cat(list(theirs.values()), dim=1).norm(dim=1)
    for name, rows in theirs.items():
        error = (ours[name] - rows).norm(dim=1)
        allowed = rel * rows.norm(dim=1) + 0.1 * rel * whole
        assert (error <= allowed).all(), (name, error / rows.norm(dim=1), error / whole)


class GradientContract:
    """Exact, complete, independent of company, and without a trace."""

    @pytest.mark.parametrize("batch_size", [1, 4])
    def test_per_sample_gradients_are_autograds(self, subject: Subject, batch_size: int) -> None:
        plan = survey(subject.model, subject.task, subject.config())
        ours = dense_gradients(subject.model, subject.task, range(SEGMENTS), plan, batch_size)
        theirs = autograd_gradients(subject.model, subject.task, range(SEGMENTS), plan.covered)
        assert_same_gradients(ours, theirs, subject.relative)

    def test_every_parameter_is_seen_as_foretold(self, subject: Subject) -> None:
        plan = survey(subject.model, subject.task, subject.config())
        assert plan.covered == [name for name, _ in subject.model.named_parameters()]
        assert plan.of_kind("autograd") == sorted(subject.by_autograd, key=plan.covered.index)
        assert plan.batched == subject.batched

    def test_a_row_does_not_depend_on_company(self, subject: Subject) -> None:
        featuriser = Featuriser(subject.model, subject.task, subject.config())
        together = featuriser.features(range(SEGMENTS))
        alone = np.concatenate([featuriser.features([s]) for s in reversed(range(SEGMENTS))])
        assert np.isfinite(together).all()
        assert np.abs(together).max() > 0
        error = np.linalg.norm(together - alone[::-1], axis=1)
        assert (error <= subject.relative * np.linalg.norm(together, axis=1)).all()

    def test_the_self_check_passes(self, subject: Subject) -> None:
        Featuriser(subject.model, subject.task, subject.config()).self_check([0, 2, 5])

    def test_it_can_be_whitened(self, subject: Subject) -> None:
        config = subject.config(curvature="kronecker")
        curvature = estimate_curvature(subject.model, subject.task, range(SEGMENTS), config)
        featuriser = Featuriser(subject.model, subject.task, config, curvature)
        assert np.isfinite(featuriser.features([0, 1])).all()

    def test_gradients_stay_right_where_half_the_model_is_frozen(self, subject: Subject) -> None:
        names = [name for name, _ in subject.model.named_parameters()]
        frozen = names[: len(names) // 2]
        for name in frozen:
            subject.model.get_parameter(name).requires_grad_(requires_grad=False)
        plan = survey(subject.model, subject.task, subject.config())
        assert plan.of_kind("frozen") == frozen
        ours = dense_gradients(subject.model, subject.task, range(SEGMENTS), plan, 4)
        theirs = autograd_gradients(subject.model, subject.task, range(SEGMENTS), plan.covered)
        assert_same_gradients(ours, theirs, subject.relative)

    def test_the_model_is_left_as_it_was(self, subject: Subject) -> None:
        model = subject.model.train()
        before = {name: value.clone() for name, value in model.state_dict().items()}
        modules = [name for name, _ in model.named_modules()]
        Featuriser(model, subject.task, subject.config()).features([0, 1, 2])
        assert [name for name, _ in model.named_modules()] == modules
        assert all(module.training for module in model.modules())
        assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())
        assert not any("forward" in vars(module) for module in model.modules())
        assert all(p.requires_grad and p.grad is None for p in model.parameters())
        torch.testing.assert_close(dict(model.state_dict()), before, rtol=0, atol=0)
