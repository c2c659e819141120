"""Proof that the hooks see everything: each parameter's per-sample gradient against autograd's.

The sum over a batch is not enough: a module whose first dimension is not the sample would pass
it, so samples are compared one by one.
"""

import torch
from torch import Tensor, nn

from attribution.engine.errors import IncompleteGradients
from attribution.engine.gradients.passes import batches, gradient_pass
from attribution.engine.gradients.pieces import Piece
from attribution.engine.gradients.survey import Plan, evaluating, run
from attribution.engine.task import IntArray, Segments, Task

RELATIVE = 1e-3  # float32 rounding stays near 1e-5; a missing use of a weight shows as 1e-1
OF_WHOLE = 1e-5  # gradients that cancel to zero are rounding noise beside the model's


def dense_gradients(
    model: nn.Module, task: Task, segments: Segments, plan: Plan, batch_size: int
) -> dict[str, Tensor]:
    """Return the per-sample gradients of every covered parameter, (n, numel) each.

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
    """Return the same from autograd alone, sample by sample, without a hook, (n, numel) each."""
    parameters = dict(model.named_parameters())
    wanted = [parameters[name] for name in names]
    rows = []
    with evaluating(model), torch.enable_grad():
        for segment in segments:
            output = run(model, task, [int(segment)]).sum()
            rows.append(torch.autograd.grad(output, wanted, allow_unused=True))
    return {
        name: torch.stack([_flat(row[place], wanted[place]) for row in rows])
        for place, name in enumerate(names)
    }


def check_gradients(
    model: nn.Module, task: Task, segments: Segments, plan: Plan, batch_size: int
) -> None:
    """Raise IncompleteGradients with the names of the parameters whose gradients differ."""
    ours = dense_gradients(model, task, segments, plan, batch_size)
    theirs = autograd_gradients(model, task, segments, plan.covered)
    whole = torch.stack([rows.square().sum(1) for rows in theirs.values()]).sum(0).sqrt()  # (n,)
    wrong = [
        name
        for name, rows in theirs.items()
        if bool(
            ((ours[name] - rows).norm(dim=1) > RELATIVE * rows.norm(dim=1) + OF_WHOLE * whole).any()
        )
    ]
    if wrong:
        raise IncompleteGradients(
            f"Hooks and autograd disagree on the per-sample gradients of {', '.join(wrong)}. "
            "These weights are used outside their modules, or samples of a batch influence one "
            "another. Name them in CaptureConfig.by_autograd to have autograd do them, one "
            "sample at a time."
        )


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


def _flat(grad: Tensor | None, parameter: nn.Parameter) -> Tensor:
    values = torch.zeros_like(parameter) if grad is None else grad
    return values.detach().float().reshape(-1)
