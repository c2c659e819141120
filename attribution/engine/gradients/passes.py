"""One forward and backward pass that hands over the pieces of every parameter's gradient.

Owns the freezing and thawing of weights around a pass, and the split into batches. What is done
with a piece (project it, square it, compare it) belongs to the receiver.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import numpy as np
import torch
from torch import Tensor, nn

from attribution.engine.errors import IncompleteGradients
from attribution.engine.gradients.attention import exposed
from attribution.engine.gradients.pieces import Exact, Piece
from attribution.engine.gradients.plan import Plan
from attribution.engine.gradients.replay import Recorder, sample_gradients
from attribution.engine.gradients.running import evaluating, refuse_non_finite, run
from attribution.engine.gradients.tape import Tape, Watch
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
    """Give `receive` every piece of the per-sample gradients of one batch.

    Raises BadGradients for an output that is not finite, naming the segments, and
    IncompleteGradients when a parameter is used that the survey found unused.
    """
    recorders = [Recorder(model.get_submodule(replay.module)) for replay in plan.replays]
    with frozen(model, plan), exposed(model), torch.enable_grad():
        with ExitStack() as hooks:
            hooks.enter_context(_tape(model, plan, len(segments), receive))
            for recorder in recorders:
                hooks.enter_context(recorder)
            outputs = run(model, task, segments)
            refuse_non_finite(outputs.detach().unsqueeze(1), segments, "output")
            outputs.sum().backward()  # type: ignore[no-untyped-call]
        for replay, recorder in zip(plan.replays, recorders, strict=True):
            module = model.get_submodule(replay.module)
            for name, grads in sample_gradients(module, replay, recorder.records):
                receive(name, Exact(grads.float().flatten(1)))
        _hand_over_autograd(model, plan, receive)


def _tape(model: nn.Module, plan: Plan, samples: int, receive: Receive) -> Tape:
    watches = {
        name: Watch(
            model.get_submodule(name),
            watched.layout.inputs[0],
            watched.layout.outputs[0],
            watched.overwritten,
        )
        for name, watched in plan.watched.items()
    }

    def sink(name: str, inputs: Tensor, grads: Tensor) -> None:
        watched = plan.watched[name]
        pieces = watched.rule.pieces(watches[name].module, inputs, grads, samples)
        for attribute, piece in pieces:
            parameter = watched.parameters.get(attribute)
            if parameter is not None:
                receive(parameter, piece)

    return Tape(watches, samples, sink)


@contextmanager
def frozen(model: nn.Module, plan: Plan) -> Iterator[None]:
    """Let gradients flow to activations, and only to the weights that autograd must see."""
    parameters = dict(model.named_parameters())
    before = {name: (p.requires_grad, p.grad) for name, p in parameters.items()}
    watched = set(plan.of_kind("unused") if plan.batched else plan.of_kind("autograd", "unused"))
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
            "(Featuriser(..., probe=segment)); where no single segment does, name them in "
            "CaptureConfig.by_autograd, or leave them out with CaptureConfig.exclude."
        )
    for name in [] if plan.batched else plan.of_kind("autograd"):
        grad = parameters[name].grad
        if grad is not None:
            values = grad.to_dense() if grad.is_sparse else grad
            receive(name, Exact(values.detach().float().reshape(1, -1)))
