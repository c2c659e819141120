"""kronfluence's EK-FAC influence (Grosse et al., 2308.03296): stores nothing a segment.

Every Linear layer's Fisher matrix, from labels that the model samples, is approximated by Kronecker
factors whose eigenvalues are then measured in their basis. For each set of queries the gradients of
all segments are made again, whole. Embeddings and norms are not seen. The library's damping is
absolute (default 1e-8), or a tenth of each layer's mean eigenvalue; since its scale is the model's,
further settings are given as a share of the mean over all layers.
"""

import tempfile
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import TensorDataset

from benchmarks.fidelity.methods.base import Member, Scores
from benchmarks.fidelity.methods.peer import Peer, own_copy, summed_losses, windows

SHARES = (1e-3, 1e-2, 1e-1)  # of the mean eigenvalue over all layers
_FACTORS, _BATCH = "ekfac", 16


class Kronfluence(Peer):
    """`Analyzer` with its default strategy, "ekfac", damping swept."""

    name = "kronfluence EK-FAC (no store)"
    distribution = "kronfluence"

    def __init__(self, shares: Sequence[float] = SHARES) -> None:
        self.shares = shares

    def row_numbers(self, member: Member) -> int:
        """Nothing is kept: each query costs a pass over all segments."""
        return 0

    def peer_scores(self, member: Member) -> Iterator[tuple[str, Scores]]:
        """Yield one damping after the other, from factors that are fitted once."""
        segments, queries = (
            TensorDataset(*windows(member, sequences))
            for sequences in (member.segments, member.queries)
        )
        with tempfile.TemporaryDirectory() as folder:
            analyzer = _analyzer(member, folder)
            analyzer.fit_all_factors(_FACTORS, segments, per_device_batch_size=_BATCH)
            for setting, damping in _dampings(analyzer, self.shares):
                yield setting, _pairwise(analyzer, setting, damping, queries, segments)


class _WindowTask:
    """What `kronfluence.task.Task` asks for; a batch is (inputs, targets, mask)."""

    enable_post_process_per_sample_gradient = False

    def compute_train_loss(
        self, batch: list[Tensor], model: nn.Module, sample: bool = False
    ) -> Tensor:
        """The summed loss of all windows; with `sample`, of labels drawn from the model."""
        inputs, targets, mask = batch
        logits = model(inputs)
        if sample:
            with torch.no_grad():
                probabilities = logits.softmax(-1).flatten(0, 1)
                targets = torch.multinomial(probabilities, num_samples=1).view_as(targets)
        return summed_losses(logits, targets, mask).sum()

    def compute_measurement(self, batch: list[Tensor], model: nn.Module) -> Tensor:
        """What is explained: the same loss."""
        return self.compute_train_loss(batch, model)

    def get_influence_tracked_modules(self) -> None:
        """All that the library knows."""

    def get_attention_mask(self, batch: list[Tensor]) -> Tensor:
        """Which tokens are no padding, (n, T)."""
        return batch[2].long()  # the library counts with it


def _analyzer(member: Member, folder: str) -> Any:
    from kronfluence.analyzer import Analyzer, prepare_model

    task = _WindowTask()
    model = prepare_model(own_copy(member.model), task)
    return Analyzer("peer", model, task, cpu=True, disable_tqdm=True, output_dir=folder)


def _dampings(analyzer: Any, shares: Sequence[float]) -> list[tuple[str, float | None]]:
    """Settings of (name, damping factor), None being the library's own rule of a tenth."""
    found = analyzer.load_lambda_matrices(_FACTORS)
    counts = found["num_lambda_processed"]
    values = [matrix / counts[name] for name, matrix in found["lambda_matrix"].items()]
    mean = float(torch.cat([value.flatten() for value in values]).mean())
    of_all = [(f"damping {share:g} of all", share * mean) for share in shares]
    return [("damping 1e-08", 1e-8), ("damping 0.1 a layer", None), *of_all]


def _pairwise(
    analyzer: Any, name: str, damping: float | None, queries: TensorDataset, segments: TensorDataset
) -> Scores:
    from kronfluence.arguments import ScoreArguments

    analyzer.compute_pairwise_scores(
        name.replace(" ", "-"),
        _FACTORS,
        query_dataset=queries,
        train_dataset=segments,
        per_device_query_batch_size=len(queries),
        per_device_train_batch_size=_BATCH,
        score_args=ScoreArguments(damping_factor=damping),
    )
    scores: Tensor = analyzer.load_pairwise_scores(name.replace(" ", "-"))["all_modules"]
    found: Scores = scores.numpy()
    return found
