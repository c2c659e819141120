"""dattri's TRAK: the same method as the authors' own, in a library that compares many.

What is taken from dattri is everything that decides a score: the gradient function of its
`AttributionTask`, its random projection with the scaling of its `TRAKAttributor`, and the latter's
solve. The loop in between is ours, since the attributor projects a batch at a time, which on a CPU
makes all random numbers anew for each, and begins from the start for each regularisation. That the
two agree is tested.

Model output and weights of training samples are as for `traker`: the loss of the whole window, and
1. (dattri's examples take the log-odds of the window's probability p, log p − log(1 − p), and the
weight 1 − p. For p = exp(−1000) they are the same in every digit.)
"""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.func import functional_call

from benchmarks.fidelity.methods.base import Member, Scores
from benchmarks.fidelity.methods.gram import DAMPINGS
from benchmarks.fidelity.methods.peer import (
    CHUNK,
    Peer,
    TensorWindows,
    chunks,
    own_copy,
    seed_of,
    summed_losses,
    windows,
)


class DattriTrak(Peer):
    """`TRAKAttributor`'s formula with 4,096 numbers a row, regularisation swept."""

    name = "dattri TRAK"
    distribution = "dattri"

    def __init__(self, dimension: int = 4096) -> None:
        self.dimension = dimension

    def projector(self, member: Member) -> dict[str, Any]:
        """The projection, as dattri takes it."""
        seed = seed_of(self, member)
        return {"proj_dim": self.dimension, "proj_max_batch_size": 32, "proj_seed": seed}

    def row_numbers(self, member: Member) -> int:
        """The projection's length."""
        return self.dimension

    def peer_scores(self, member: Member) -> Iterator[tuple[str, Scores]]:
        """Yield one regularisation after the other, all from one pass over the segments."""
        task = attribution_task(member)
        rows = self.projected(task, member, windows(member, member.segments))
        queries = self.projected(task, member, windows(member, member.queries))
        moments = rows.T @ rows
        for damping in DAMPINGS:
            ridge = damping * float(moments.trace()) / len(rows)
            regularised = moments + ridge * torch.eye(len(moments))
            yield (
                f"damping {damping:g}",
                (queries @ torch.linalg.solve(regularised, rows.T)).numpy(),
            )

    def projected(self, task: Any, member: Member, whole: TensorWindows) -> Tensor:
        """Gradients over √parameters, projected, (n, k); all in one batch of the projector."""
        from dattri.func.projection import random_project

        gradient = task.get_grad_loss_func(in_dims=(None, 0))
        parameters, _ = task.get_param(ckpt_idx=0)
        with torch.no_grad():  # no graph of the gradients themselves
            flat = torch.cat([gradient(parameters, tuple(part)) for part in chunks(whole, CHUNK)])
        flat /= len(parameters) ** 0.5
        project = random_project(flat, len(flat), **self.projector(member))
        projected: Tensor = project(flat, ensemble_id=0)
        return projected


def attribution_task(member: Member) -> Any:
    """dattri's description of what is attributed: the loss of one window."""
    from dattri.task import AttributionTask

    model = own_copy(member.model)

    def loss(weights: dict[str, Tensor], window: tuple[Tensor, Tensor, Tensor]) -> Tensor:
        inputs, targets, mask = (part[None] for part in window)
        logits: Tensor = functional_call(model, weights, (inputs,))
        return summed_losses(logits, targets, mask)[0]

    return AttributionTask(loss_func=loss, model=model, checkpoints=model.state_dict())
