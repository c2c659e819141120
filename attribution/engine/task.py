"""What the owner of a model writes, and the array types that the engine's signatures use."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

IntArray: TypeAlias = NDArray[np.int64]
FloatArray: TypeAlias = NDArray[np.float32]
Segments: TypeAlias = IntArray | Sequence[int]
OnProgress: TypeAlias = Callable[[int, int], None]  # (done, total)


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
