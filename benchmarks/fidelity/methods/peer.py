"""What all peer libraries share: whether one is there, quiet, and our model as their hooks want it.

A peer is judged by its own code: it makes its own gradients, projections and scores from the same
checkpoint and the same windows. Owns only what has to be translated. It must not improve a peer's
method, nor take anything from the engine.
"""

import contextlib
import copy
import io
import logging
import warnings
import zlib
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from importlib import metadata
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from attribution.reference.arrays import Tokens
from attribution.reference.model import MusicTransformer, RelativeAttention
from attribution.reference.segments import pad
from attribution.reference.training import one_thread
from benchmarks.fidelity.methods.base import Member, Method, MethodFailed, Scores

CHUNK = 8  # windows whose per-sample gradients are made at once by `torch.func.vmap`
INSTALL = "`make peers` installs the peers (the extra `peers`)."


class Peer(Method):
    """A method of somebody else's library."""

    distribution: str  # its name on the package index

    @property
    def installed(self) -> str | None:
        """The installed version, or None."""
        try:
            return metadata.version(self.distribution)
        except metadata.PackageNotFoundError:
            return None

    @abstractmethod
    def peer_scores(self, member: Member) -> Iterator[tuple[str, Scores]]:
        """Yield (setting, scores) as `Method.scores` does; anything may be raised and printed."""

    def scores(self, member: Member) -> Iterator[tuple[str, Scores]]:
        """Yield all settings once the library has made them, in silence and on one thread.

        Raises MethodFailed for whatever the library raises.
        """
        if self.installed is None:
            raise MethodFailed(f"{self.distribution} is not installed. {INSTALL}")
        try:
            with silence(), one_thread(), torch.random.fork_rng(devices=[]):
                torch.manual_seed(0)
                found = list(self.peer_scores(member))
        except Exception as error:
            first = (str(error).strip().splitlines() or [""])[0]
            raise MethodFailed(
                f"{self.distribution} {self.installed} failed: {type(error).__name__}: {first}"
            ) from error
        yield from found


def absent(peers: Sequence[Peer]) -> list[str]:
    """The libraries that are not installed, each once."""
    return sorted({peer.distribution for peer in peers if peer.installed is None})


def seed_of(peer: Peer, member: Member) -> int:
    """A projection of its own for each library and member, as all of them do for an ensemble."""
    return zlib.crc32(f"{peer.distribution}:{member.name}".encode()) % 2**20


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """No progress bars, log lines or warnings of others between the lines of our table."""
    before, nowhere = logging.root.manager.disable, io.StringIO()
    logging.disable(logging.CRITICAL)
    try:
        with (
            contextlib.redirect_stdout(nowhere),
            contextlib.redirect_stderr(nowhere),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


class TensorWindows(NamedTuple):
    """Windows of one width as tensors; `mask` is 1.0 where there is a token to predict."""

    inputs: Tensor  # (n, T) int64
    targets: Tensor  # (n, T) int64
    mask: Tensor  # (n, T) float32


def windows(member: Member, sequences: Sequence[Tokens]) -> TensorWindows:
    """Lay token sequences side by side; padding is masked out and, being last, never attended."""
    inputs, targets, mask = (torch.from_numpy(array) for array in pad(sequences, member.corpus.bos))
    return TensorWindows(inputs, targets, mask.float())


def chunks(whole: TensorWindows, size: int) -> Iterator[TensorWindows]:
    """The same windows, at most `size` at a time."""
    for start in range(0, len(whole.inputs), size):
        yield TensorWindows(*(part[start : start + size] for part in whole))


def summed_losses(logits: Tensor, targets: Tensor, mask: Tensor) -> Tensor:
    """Nats that each window costs, (n,), from logits (n, T, vocabulary)."""
    losses = functional.cross_entropy(logits.transpose(1, 2), targets, reduction="none")
    return (losses * mask).sum(1)


def own_copy(model: MusicTransformer) -> MusicTransformer:
    """A copy that a library may hook, wrap or freeze."""
    return copy.deepcopy(model).eval()


def without_heads(model: MusicTransformer) -> MusicTransformer:
    """A copy of the model for hooks that know (batch, time, width) alone.

    The table of distances is applied to every head, so its input has a fourth dimension, which some
    libraries refuse. Here the heads follow each other in time: the same numbers, and the same
    gradient, in a shape that they take.
    """
    copied = own_copy(model)
    for attention in [part for part in copied.modules() if isinstance(part, RelativeAttention)]:
        attention.add_module("distance", _HeadsInTime(attention.distance))
    return copied


class _HeadsInTime(nn.Module):
    def __init__(self, table: Any) -> None:
        super().__init__()
        self.table = table

    def forward(self, x: Tensor) -> Tensor:
        n, heads, length, _ = x.shape
        # Where bergson looks up which token a position stands for, to leave out padding.
        self.table._positions = torch.arange(length).repeat(heads).expand(n, -1)
        by_distance: Tensor = self.table(x.flatten(1, 2))
        return by_distance.view(n, heads, length, -1)


def linear_modules(model: nn.Module) -> list[nn.Linear]:
    """What a library sees that hooks `nn.Linear` alone."""
    return [module for module in model.modules() if isinstance(module, nn.Linear)]
