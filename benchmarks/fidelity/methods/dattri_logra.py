"""dattri's LoGra (Choe et al., 2405.13954): each layer projected on both sides, then its own Gram.

The activations and output gradients of every Linear layer are projected to r numbers each, and the
r × r outer product is kept; curvature is the second moment of those rows, a matrix for each layer.
Embeddings and norms are not seen. Damping is relative to a layer's mean eigenvalue, by dattri's own
definition; its default is 1e-5.
"""

from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from benchmarks.fidelity.methods.base import Member, Scores
from benchmarks.fidelity.methods.peer import (
    Peer,
    TensorWindows,
    linear_modules,
    seed_of,
    summed_losses,
    windows,
    without_heads,
)

DAMPINGS = (1e-5, 1e-2, 1e-1, 1.0)
_BATCH = 32


class DattriLogra(Peer):
    """`LoGraAttributor` with `rank` × `rank` numbers a layer."""

    distribution = "dattri"

    def __init__(self, rank: int, dampings: Sequence[float] = DAMPINGS) -> None:
        self.rank, self.dampings = rank, dampings
        self.name = f"dattri LoGra, {rank}×{rank} a layer"

    def row_numbers(self, member: Member) -> int:
        """A square for each layer."""
        return len(linear_modules(member.model)) * self.rank**2

    def peer_scores(self, member: Member) -> Iterator[tuple[str, Scores]]:
        """Yield one damping after the other, from one pass over the segments."""
        attributor = self._attributor(member)
        segments, queries = (
            _loader(windows(member, sequences)) for sequences in (member.segments, member.queries)
        )
        with torch.compiler.set_stance("force_eager"):  # its compressor would need a C++ compiler
            attributor.cache(segments)
            for number, damping in enumerate(self.dampings):
                if number > 0:  # the first is the attributor's own, which `cache` has done
                    attributor.compute_preconditioners(damping)
                    attributor.compute_ifvp()
                scores = attributor.attribute(segments, queries)
                yield f"damping {damping:g}", scores.T.numpy()

    def _attributor(self, member: Member) -> Any:
        from dattri.algorithm.logra import LoGraAttributor
        from dattri.task import AttributionTask

        model = _MeanLoss(without_heads(member.model))
        task = AttributionTask(loss_func=_loss, model=model, checkpoints=model.state_dict())
        attributor = LoGraAttributor(task, damping=self.dampings[0], proj_dim=self.rank**2)
        attributor.sparsifier_kwargs["proj_seed"] = seed_of(self, member)
        return attributor


class _MeanLoss(nn.Module):
    """Called with a batch, returns its mean of summed losses: dattri multiplies by the number."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, inputs: Tensor, targets: Tensor, mask: Tensor) -> SimpleNamespace:
        return SimpleNamespace(loss=summed_losses(self.model(inputs), targets, mask).mean())


def _loss(model: nn.Module, batch: dict[str, Tensor], device: str) -> Tensor:
    loss: Tensor = model(**{name: part.to(device) for name, part in batch.items()}).loss
    return loss


def _loader(whole: TensorWindows) -> "DataLoader[dict[str, Tensor]]":
    samples = [dict(zip(whole._fields, window, strict=True)) for window in zip(*whole, strict=True)]
    return DataLoader(samples, batch_size=_BATCH)  # type: ignore[arg-type]
