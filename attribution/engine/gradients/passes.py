"""One forward and backward pass that hands over the pieces of every parameter's gradient.

Owns the freezing and thawing of weights around a pass, and the split into batches. What is done
with a piece (project it, square it, compare it) belongs to the receiver.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn

from attribution.engine.errors import BadGradients, IncompleteGradients
from attribution.engine.gradients.pieces import Exact, Piece
from attribution.engine.gradients.rules import rule_for
from attribution.engine.gradients.survey import Plan, evaluating, run
from attribution.engine.gradients.tape import Tape
from attribution.engine.task import IntArray, Segments, Task

Receive = Callable[[str, Piece], None]  # (parameter name, piece of its per-sample gradient)


def batches(segments: Segments, plan: Plan, batch_size: int) -> Iterator[IntArray]:
    """Split segments into the batches that the plan allows."""
    indices = np.asarray(segments, dtype=np.int64)
    step = batch_size if plan.batched else 1
    for start in range(0, len(indices), step):
        yield indices[start : start + step]


def gradient_pass(
    model: nn.Module, task: Task, segments: IntArray, plan: Plan, receive: Receive
) -> None:
    """Give `receive` every piece of the per-sample gradients of one batch, in backward order.

    Raises BadGradients for an output that is not finite, naming the segments, and
    IncompleteGradients when a parameter is used that the survey found unused.
    """
    modules = {name: model.get_submodule(name) for name in plan.owned}

    def sink(name: str, inputs: Tensor, grads: Tensor) -> None:
        rule = rule_for(modules[name])
        assert rule is not None
        for attribute, piece in rule.pieces(modules[name], inputs, grads, len(segments)):
            parameter = plan.owned[name].get(attribute)
            if parameter is not None:
                receive(parameter, piece)

    with (
        frozen(model, plan),
        Tape(modules, len(segments), sink, plan.overwritten),
        torch.enable_grad(),
    ):
        outputs = run(model, task, segments)
        refuse_non_finite(outputs.detach().unsqueeze(1), segments, "output")
        outputs.sum().backward()  # type: ignore[no-untyped-call]
        _hand_over_autograd(model, plan, receive)


def refuse_non_finite(values: Tensor, segments: IntArray, what: str) -> None:
    """Raise BadGradients naming the segments whose row of `values` (B, n) is not finite."""
    good = torch.isfinite(values).all(1).cpu().numpy()
    if not good.all():
        names = ", ".join(str(segment) for segment in segments[~good])
        raise BadGradients(
            f"The {what} of segment {names} is not a finite number. Look for broken input or a "
            "diverged checkpoint; nothing was stored for it."
        )


@contextmanager
def frozen(model: nn.Module, plan: Plan) -> Iterator[None]:
    """Let gradients flow to activations, and only to the weights that autograd must see."""
    parameters = dict(model.named_parameters())
    before = {name: (p.requires_grad, p.grad) for name, p in parameters.items()}
    watched = set(plan.of_kind("autograd", "unused"))
    for name, parameter in parameters.items():
        parameter.requires_grad_(name in watched)
        parameter.grad = None
    try:
        with evaluating(model):
            yield
    finally:
        for name, parameter in parameters.items():
            required, grad = before[name]
            parameter.requires_grad_(required)
            parameter.grad = grad


def _hand_over_autograd(model: nn.Module, plan: Plan, receive: Receive) -> None:
    parameters = dict(model.named_parameters())
    surprises = [name for name in plan.of_kind("unused") if parameters[name].grad is not None]
    if surprises:
        raise IncompleteGradients(
            f"Parameters {', '.join(surprises)} were unused by the segment of the survey and are "
            "used by this one. Survey a segment that uses every part of the model "
            "(Featuriser(..., probe=segment)), or exclude them in CaptureConfig.exclude."
        )
    for name in plan.of_kind("autograd"):
        grad = parameters[name].grad
        if grad is not None:
            receive(name, Exact(grad.detach().float().reshape(1, -1)))
