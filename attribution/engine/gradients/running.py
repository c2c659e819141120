"""Runs a model through its task: in evaluation mode, with the outputs' shape and values checked."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn

from attribution.engine.errors import BadGradients
from attribution.engine.task import IntArray, Segments, Task

# What a model raises when it is run in a way that it does not support.
MODEL_ERRORS = (
    RuntimeError,
    ValueError,
    TypeError,
    IndexError,
    KeyError,
    AttributeError,
    AssertionError,
)


def run(model: nn.Module, task: Task, segments: Segments) -> Tensor:
    """Return the task's outputs for a batch, checked to be one number a segment, (B,)."""
    indices = np.asarray(segments, dtype=np.int64)
    outputs = task.sample_outputs(model, task.batch(indices))
    if not isinstance(outputs, Tensor):
        raise BadGradients(
            f"Task.sample_outputs returned {type(outputs).__name__}; return a tensor with one "
            "number a segment, summed over its tokens."
        )
    if outputs.shape != (len(indices),):
        raise BadGradients(
            f"Task.sample_outputs returned the shape {tuple(outputs.shape)} for a batch of "
            f"{len(indices)} segments; return one number a segment, summed over its tokens."
        )
    return outputs


def refuse_non_finite(values: Tensor, segments: IntArray, what: str) -> None:
    """Raise BadGradients naming the segments whose row of `values` (B, n) is not finite."""
    good = torch.isfinite(values).all(1).cpu().numpy()
    if not good.all():
        names = ", ".join(str(segment) for segment in segments[~good])
        raise BadGradients(
            f"The {what} of segment {names} is not a finite number. Look for broken input or a "
            "diverged checkpoint; nothing was stored for it."
        )


def refuse_broken(model: nn.Module) -> None:
    """Raise BadGradients for parameters that cannot be differentiated, and compiled modules."""
    for name, module in model.named_modules():
        if isinstance(module, torch.jit.ScriptModule) or hasattr(module, "_orig_mod"):
            raise BadGradients(
                f"{name or 'The model'} is compiled ({type(module).__name__}), and nothing inside "
                "can be watched. Give the module that it was compiled from."
            )
    for name, parameter in model.named_parameters():
        if isinstance(parameter, nn.parameter.UninitializedParameter) or parameter.is_meta:
            raise BadGradients(
                f"Parameter {name} has no values yet: run the model once, or load a checkpoint."
            )
        if parameter.is_complex():
            raise BadGradients(
                f"Parameter {name} is complex; features are real numbers. Hold it as two real "
                "parameters (torch.view_as_real), or exclude it by freezing it."
            )
        if not bool(torch.isfinite(parameter.detach()).all()):
            raise BadGradients(
                f"Parameter {name} holds values that are not finite: the checkpoint is damaged or "
                "has diverged. Load another one."
            )


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Hold the model in evaluation mode, without dropout or running statistics that move.

    torch's fused attention is off meanwhile: with frozen weights it would skip modules, and with
    them their hooks.
    """
    modes = {module: module.training for module in model.modules()}
    fused = torch.backends.mha.get_fastpath_enabled()
    model.eval()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fused)
        for module, mode in modes.items():
            module.training = mode
