"""traker, TRAK by its authors (Park et al., 2303.14186): dense projection, then the Gram inverse.

Gradients of all parameters, by `torch.func`. On a CPU its projector makes anew, for every batch,
all the random numbers of a matrix of parameters × 4,096, which is what its time goes into. So it
gets all segments as one batch, whose gradients are made a few at a time. Half precision, its
default, is turned off: its dense projection does not exist in float16 on a CPU.

The model output is minus the summed loss of the window. The weight of a training sample, which TRAK
derives from the probability of its label, is 1: a window of 256 tokens is never certain. Its
default, no regularisation, is not among the settings: where segments are fewer than the numbers of
a row, the Gram matrix has no inverse.
"""

import tempfile
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn
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

EXPERIMENT = "queries"
REGULARISED = 1.0  # of the one inverse that is not used
_MODEL_ID = 0


class Traker(Peer):
    """`TRAKer` with 4,096 numbers a row, ridge regularisation swept."""

    name = "traker TRAK"
    distribution = "traker"

    def __init__(self, dimension: int = 4096) -> None:
        self.dimension = dimension

    def row_numbers(self, member: Member) -> int:
        """The projection's length."""
        return self.dimension

    def peer_scores(self, member: Member) -> Iterator[tuple[str, Scores]]:
        """Yield one regularisation after the other, by the library's own score computer."""
        with tempfile.TemporaryDirectory() as folder:
            rows, queries, computer = self.rows(member, folder)
            moments = computer.get_xtx(rows)
            mean = float(moments.trace()) / len(rows)  # of the eigenvalues that are not zero
            for damping in DAMPINGS:
                computer.lambda_reg = damping * mean
                features = computer.get_x_xtx_inv(rows, moments)
                scores = torch.zeros(len(rows), len(queries))
                computer.get_scores(features, queries, accumulator=scores)
                yield f"damping {damping:g}", scores.T.numpy()

    def rows(self, member: Member, folder: str) -> tuple[Tensor, Tensor, Any]:
        """Projected gradients of segments and of queries, and what scores them.

        `TRAKer.finalize_scores` does the rest for one regularisation, and cannot be called for a
        second one without projecting the queries again.
        """
        tracer = self.featurised(member, folder)
        tracer.finalize_features()  # which it wants to see done before it projects a query
        project_queries(tracer, member)
        store = tracer.saver.current_store
        stored = (torch.as_tensor(store[key]).clone() for key in ("grads", f"{EXPERIMENT}_grads"))
        return *stored, tracer.score_computer

    def featurised(self, member: Member, folder: str) -> Any:
        """A `TRAKer` that has seen all segments."""
        from trak import TRAKer

        model = own_copy(member.model)
        tracer = TRAKer(
            model=model,
            task=_MinusLoss(),
            train_set_size=member.n_segments,
            save_dir=folder,
            device="cpu",
            proj_dim=self.dimension,
            use_half_precision=False,
            projector_seed=seed_of(self, member),
            lambda_reg=REGULARISED,
            gradient_computer=_InChunks,
        )
        tracer.load_checkpoint(model.state_dict(), model_id=_MODEL_ID)
        batch = windows(member, member.segments)
        tracer.featurize(batch=batch, num_samples=len(batch.inputs))
        return tracer


def project_queries(tracer: Any, member: Member) -> None:
    """Let a finalized `TRAKer` project the queries."""
    weights = tracer.model.state_dict()
    tracer.start_scoring_checkpoint(EXPERIMENT, weights, _MODEL_ID, len(member.queries))
    batch = windows(member, member.queries)
    tracer.score(batch=batch, num_samples=len(batch.inputs))


class _MinusLoss:
    """The model output, as `trak.modelout_functions.AbstractModelOutput` asks for it."""

    @staticmethod
    def get_output(
        model: nn.Module,
        weights: Mapping[str, Tensor],
        buffers: Mapping[str, Tensor],
        inputs: Tensor,
        targets: Tensor,
        mask: Tensor,
    ) -> Tensor:
        """Minus the loss of one window, a scalar."""
        logits: Tensor = functional_call(model, {**weights, **buffers}, (inputs[None],))
        return -summed_losses(logits, targets[None], mask[None])[0]

    @staticmethod
    def get_out_to_loss_grad(
        model: nn.Module,
        weights: Mapping[str, Tensor],
        buffers: Mapping[str, Tensor],
        batch: TensorWindows,
    ) -> Tensor:
        """1 − the probability of the whole window, (n, 1), which is 1 in every digit."""
        return torch.ones(len(batch.inputs), 1)


class _InChunks:
    """`trak.gradient_computers.FunctionalGradientComputer`, a few samples at a time."""

    def __init__(self, **settings: Any) -> None:
        from trak.gradient_computers import FunctionalGradientComputer

        self.whole = FunctionalGradientComputer(**settings)
        self.load_model_params = self.whole.load_model_params
        self.compute_loss_grad = self.whole.compute_loss_grad

    def compute_per_sample_grad(self, batch: TensorWindows) -> dict[str, Tensor]:
        """The gradients of all samples by parameter, (n, *shape)."""
        with torch.no_grad():  # no graph of the gradients themselves
            parts = [self.whole.compute_per_sample_grad(part) for part in chunks(batch, CHUNK)]
        return {name: torch.cat([part[name] for part in parts]) for name in parts[0]}
