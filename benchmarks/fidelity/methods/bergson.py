"""bergson: each layer projected on both sides into an index, or whole gradients with EK-FAC.

`Bergson` keeps r × r numbers a Linear layer and preconditions a query by the second moment of those
rows, layer by layer ("autocorrelation"). `BergsonEkfac` is the best preconditioning it offers,
Kronecker factors with corrected eigenvalues: it wants whole gradients, so a row is as long as the
layers are large. Both see weights and biases of Linear layers, not embeddings nor norms.

bergson reads a Hugging Face model: `model(x).logits`, whose targets it takes from x, one to the
right. So it runs the model over BOS and all tokens, one position more than our context. The copy
gets that position: its logits are dropped, so no distance is looked up that the model does not
know, and the losses are the same.
"""

import tempfile
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn

from attribution.reference.arrays import Tokens
from attribution.reference.model import MusicTransformer
from benchmarks.fidelity.methods.base import Member, Scores
from benchmarks.fidelity.methods.peer import Peer, linear_modules, seed_of, without_heads

DAMPINGS = (1e-3, 1e-2, 1e-1, 1.0)  # of the mean eigenvalue; its default is 0.1
_BATCH = 16
_ByModule = Mapping[str, Tensor]  # module → (n, numbers)


class _Preconditioned(Peer):
    """A collector's rows, and queries through one of bergson's preconditioners."""

    distribution = "bergson"

    def __init__(self, rank: int, dampings: Sequence[float]) -> None:
        self.rank, self.dampings = rank, dampings  # rank 0 keeps gradients whole

    @abstractmethod
    def preconditioner(self, index: "Index", damping: float) -> Any:
        """What is applied to the queries' gradients."""

    def peer_scores(self, member: Member) -> Iterator[tuple[str, Scores]]:
        """Yield one damping after the other, all from one index of the segments."""
        with tempfile.TemporaryDirectory() as folder:
            index = Index(member, Path(folder), self.rank, seed_of(self, member))
            segments, queries = index.collect(member.segments), index.collect(member.queries)
            self.fit(index, member)
            for damping in self.dampings:
                turned = self.preconditioner(index, damping).apply(queries)
                scores = sum(turned[name] @ rows.T for name, rows in segments.items())
                yield f"damping {damping:g}", torch.as_tensor(scores).numpy()

    def fit(self, index: "Index", member: Member) -> None:
        """Estimate the curvature, unless collecting the segments has done it."""


class Bergson(_Preconditioned):
    """`rank` × `rank` numbers a layer, and their autocorrelation."""

    def __init__(self, rank: int, dampings: Sequence[float] = DAMPINGS) -> None:
        super().__init__(rank, dampings)
        self.name = f"bergson, {rank}×{rank} a layer"

    def row_numbers(self, member: Member) -> int:
        """A square for each layer."""
        return len(linear_modules(member.model)) * self.rank**2

    def preconditioner(self, index: "Index", damping: float) -> Any:
        """The inverse of each layer's second moments."""
        from bergson.config import InversionConfig
        from bergson.hessians.preconditioner import DensePreconditioner

        inversion = InversionConfig(damping_factor=damping)
        return DensePreconditioner.from_processor(index.processor, inversion_cfg=inversion)


class BergsonEkfac(_Preconditioned):
    """Whole gradients, preconditioned by EK-FAC."""

    name = "bergson EK-FAC, whole gradients"

    def __init__(self, dampings: Sequence[float] = DAMPINGS) -> None:
        super().__init__(0, dampings)

    def row_numbers(self, member: Member) -> int:
        """All parameters of the layers."""
        layers = linear_modules(member.model)
        return sum(value.numel() for layer in layers for value in layer.parameters())

    def fit(self, index: "Index", member: Member) -> None:
        """Fit factors and corrected eigenvalues on the segments."""
        from bergson.config.config import HessianConfig
        from bergson.hessians.hessian_approximations import fit_factored_hessians

        data = _dataset(member.segments, member.corpus.bos)
        fit_factored_hessians(
            index.model,
            data,
            index.config,
            HessianConfig(method="kfac", ev_correction=True),
            target_modules=None,
            attention_cfgs={},
            batches=_batches(len(data)),
            path=index.config.run_path,
            do_eigendecomposition=True,
        )

    def preconditioner(self, index: "Index", damping: float) -> Any:
        """The inverse in the factors' eigenbasis."""
        from bergson.config import InversionConfig
        from bergson.hessians.preconditioner import FactoredPreconditioner

        return FactoredPreconditioner.from_path(
            index.config.run_path,
            inversion_cfg=InversionConfig(damping_factor=damping),
            ev_correction=True,
        )


class Index:
    """bergson's collector around one checkpoint; curvature is of what is collected first."""

    def __init__(self, member: Member, folder: Path, rank: int, seed: int) -> None:
        from bergson import GradientProcessor, IndexConfig

        self.model = _HuggingFaceLike(one_position_more(member.model))
        self.bos = member.corpus.bos
        self.config = IndexConfig(run_path=str(folder / "run"), include_bias=True)
        self.config.partial_run_path.mkdir()
        self.processor = GradientProcessor(
            projection_dim=rank or None, include_bias=True, projection_seed=seed
        )

    def collect(self, sequences: Sequence[Tokens]) -> _ByModule:
        """The rows of sequences, by module."""
        from bergson import CollectorComputer, InMemoryCollector

        data = _dataset(sequences, self.bos)
        whole = self.processor.projection_dim is None
        collector = InMemoryCollector(
            model=self.model,
            data=data,
            cfg=self.config,
            processor=self.processor,
            skip_hessians=whole or bool(self.processor.hessians),
        )
        CollectorComputer(
            self.model, data, collector=collector, batches=_batches(len(data)), cfg=self.config
        ).run_with_collector_hooks()
        found: _ByModule = collector.gradients
        return found


def one_position_more(model: MusicTransformer) -> MusicTransformer:
    """A copy that reads one token more, with a distance of its own that is never scored."""
    config = replace(model.config, context=model.config.context + 1)
    weights = dict(model.state_dict())
    for name in [name for name in weights if name.endswith("distance.weight")]:
        table = weights[name]  # its first row is the farthest distance
        weights[name] = torch.cat((torch.zeros_like(table[:1]), table))
    longer = MusicTransformer(config)
    longer.load_state_dict(weights)
    return without_heads(longer)


class _HuggingFaceLike(nn.Module):
    """What bergson asks of a `PreTrainedModel`."""

    def __init__(self, model: MusicTransformer) -> None:
        super().__init__()
        self.model = model
        self.device = torch.device("cpu")

    @property
    def base_model(self) -> nn.Module:
        return self

    def forward(self, tokens: Tensor) -> SimpleNamespace:
        return SimpleNamespace(logits=self.model(tokens))


def _dataset(sequences: Sequence[Tokens], bos: int) -> Any:
    from datasets import Dataset

    return Dataset.from_dict({"input_ids": [[bos, *sequence.tolist()] for sequence in sequences]})


def _batches(n: int) -> list[list[int]]:
    return [list(range(start, min(n, start + _BATCH))) for start in range(0, n, _BATCH)]
