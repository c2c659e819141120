"""What the owner of a model writes, and the array types that the engine's signatures use."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

IntArray: TypeAlias = NDArray[np.int64]
FloatArray: TypeAlias = NDArray[np.float32]
Segments: TypeAlias = IntArray | Sequence[int]
OnProgress: TypeAlias = Callable[[int, int], None]  # (done, total)


@dataclass(frozen=True)
class Part:
    """The steps of a segment from `first` up to `stop`.

    A task over parts counts the steps of the part alone, heard with all that stands before them.
    Since outputs are sums over steps, rows of the parts of a segment add up to its row, and scores
    of parts say where in a piece, and where in a track, an influence lies.
    """

    segment: int
    first: int
    stop: int


def parts_of(lengths: Sequence[int], steps: int) -> list[Part]:
    """Segments of these lengths in parts of `steps` steps; the last of each may be shorter."""
    return [
        Part(segment, first, min(first + steps, length))
        for segment, length in enumerate(lengths)
        for first in range(0, length, steps)
    ]


class Task(Protocol):
    """How the engine sees a model: a batch of segments, and the output whose gradient counts.

    A segment is an integer, its place in the training set (or among the queries). The samples of
    a batch must not influence one another. `sample_outputs` *sums* over the tokens of a segment:
    a score then means "remove this whole segment", and scores of segments add up to tracks.
    """

    def batch(self, segments: IntArray) -> Any:
        """Return the model's input for these segments; an index may occur more than once."""
        ...

    def sample_outputs(self, model: nn.Module, batch: Any) -> Tensor:
        """Return one differentiable number a segment, (B,): most often the summed loss."""
        ...
