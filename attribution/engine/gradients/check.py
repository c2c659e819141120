"""Proof that the plan sees everything: each parameter's per-sample gradient against autograd's.

The sum over a batch is not enough: a module whose first dimension is not the sample would pass
it, so samples are compared one by one. The survey asks it of one segment, to mend its plan; the
self-check asks it of several, to refuse what cannot be mended.
"""

import numpy as np
import torch
from torch import Tensor, nn

from attribution.engine.errors import IncompleteGradients
from attribution.engine.gradients.passes import batches, gradient_pass
from attribution.engine.gradients.pieces import Piece
from attribution.engine.gradients.plan import Plan
from attribution.engine.gradients.precision import close
from attribution.engine.gradients.running import evaluating, refuse_non_finite, run
from attribution.engine.task import IntArray, Segments, Task


def dense_gradients(
    model: nn.Module, task: Task, segments: Segments, plan: Plan, batch_size: int
) -> dict[str, Tensor]:
    """Return the per-sample gradients of every covered parameter, (n, numel) float32 each.

    For checks and small models: n × parameters numbers are held at once.
    """
    parts: dict[str, list[Tensor]] = {name: [] for name in plan.covered}
    for batch in batches(segments, plan, batch_size):
        rows = _dense_batch(model, task, batch, plan)
        for name, values in rows.items():
            parts[name].append(values)
    return {name: torch.cat(values) for name, values in parts.items()}


def autograd_gradients(
    model: nn.Module, task: Task, segments: Segments, names: list[str]
) -> dict[str, Tensor]:
    """Return the same from autograd alone, sample by sample, without a hook, (n, numel) each.

    Raises BadGradients naming a segment whose output or gradient is not finite.
    """
    rows = [sample_gradient(model, task, int(segment), names) for segment in segments]
    shapes = {name: parameter for name, parameter in model.named_parameters() if name in names}
    return {
        name: torch.stack([row[name] if name in row else _zeros(shapes[name]) for row in rows])
        for name in names
    }


def sample_gradient(
    model: nn.Module, task: Task, segment: int, names: list[str]
) -> dict[str, Tensor]:
    """Return the gradient of one segment by autograd, (numel,) float32, of those names it uses."""
    parameters = dict(model.named_parameters())
    with evaluating(model), torch.enable_grad():
        output = run(model, task, [segment])
        refuse_non_finite(output.detach().unsqueeze(1), np.array([segment]), "output")
        if not names or not output.requires_grad:
            return {}
        wanted = [parameters[name] for name in names]
        grads = torch.autograd.grad(output.sum(), wanted, allow_unused=True)
    found = {name: _flat(g) for name, g in zip(names, grads, strict=True) if g is not None}
    for values in found.values():
        refuse_non_finite(values.unsqueeze(0), np.array([segment]), "gradient")
    return found


def check_gradients(
    model: nn.Module, task: Task, segments: Segments, plan: Plan, batch_size: int
) -> None:
    """Raise IncompleteGradients with the names of the parameters whose gradients differ."""
    theirs = autograd_gradients(model, task, segments, plan.covered)
    wrong = differing(model, task, segments, plan, batch_size, theirs)
    if wrong:
        raise IncompleteGradients(
            f"Per-sample gradients in batches and autograd's of one sample alone disagree for "
            f"{', '.join(wrong)}. Either samples of a batch influence one another (a BatchNorm "
            "without running statistics, a mean over the batch): set CaptureConfig.batch_size to "
            "1. Or these weights are used in a way that depends on the segment: name them in "
            "CaptureConfig.by_autograd."
        )


def differing(
    model: nn.Module,
    task: Task,
    segments: Segments,
    plan: Plan,
    batch_size: int,
    theirs: dict[str, Tensor],
) -> list[str]:
    """Return the covered parameters whose gradients are not `theirs`, (n, numel) each.

    `theirs` is used up: ours are subtracted in place, so that each is held only once.
    """
    lengths = {name: rows.norm(dim=1) for name, rows in theirs.items()}  # (n,)
    whole = torch.stack(list(lengths.values())).norm(dim=0)
    done = 0
    for batch in batches(segments, plan, batch_size):
        span = slice(done, done + len(batch))

        def receive(name: str, piece: Piece, span: slice = span) -> None:
            rest = theirs[name][span]
            rest -= piece.dense().reshape(rest.shape)

        gradient_pass(model, task, batch, plan, receive)
        done += len(batch)
    dtypes = {name: parameter.dtype for name, parameter in model.named_parameters()}
    return [
        name
        for name, rest in theirs.items()
        if not close(rest.norm(dim=1), lengths[name], dtypes[name], whole)
    ]


def _dense_batch(model: nn.Module, task: Task, batch: IntArray, plan: Plan) -> dict[str, Tensor]:
    parameters = dict(model.named_parameters())
    rows = {
        name: torch.zeros(len(batch), parameters[name].numel(), device=parameters[name].device)
        for name in plan.covered
    }

    def receive(name: str, piece: Piece) -> None:
        rows[name] += piece.dense().reshape(len(batch), -1)

    gradient_pass(model, task, batch, plan, receive)
    return rows


def _flat(grad: Tensor) -> Tensor:
    values = grad.to_dense() if grad.is_sparse else grad
    return values.detach().float().reshape(-1)


def _zeros(parameter: nn.Parameter) -> Tensor:
    return torch.zeros(parameter.numel(), device=parameter.device)
