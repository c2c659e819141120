"""A count sketch: P numbers folded into k, so that inner products keep their mean.

Every coordinate of every parameter is given one bucket and one sign, drawn from (seed, member,
parameter name) alone; a row is Σ sign · coordinate by bucket. Then E⟨Sx, Sy⟩ = ⟨x, y⟩ over the
draws, with variance (‖x‖²‖y‖² + ⟨x, y⟩² − 2 Σ x_i² y_i²) / k: the sparse Johnson-Lindenstrauss
transform with one nonzero a column (Weinberger et al., 0902.2206). Keyed by parameter and not by
module, two uses of a tied weight land in the same buckets and add up.

It costs one pass over the gradient where a dense Gaussian matrix costs k. Signs live in the
bucket number (bucket + k means minus), so a row takes no multiplication and 4 bytes a parameter.
The draws are raw Philox words, whose stream numpy promises to keep, on the CPU, so they are the
same on every device and in later years.
"""

import hashlib

import numpy as np
import torch
from torch import Tensor


class CountSketch:
    """The fixed random map of one ensemble member from parameters to `dimension` numbers."""

    def __init__(self, dimension: int, seed: int, member: str, device: torch.device) -> None:
        self.dimension = dimension
        self._seed = seed
        self._member = member
        self._device = device
        self._tables: dict[str, Tensor] = {}

    def table(self, parameter: str, numel: int) -> Tensor:
        """Return each coordinate's signed bucket in [0, 2k), (numel,) int32; made once."""
        if parameter not in self._tables:
            drawn = torch.from_numpy(self._draw(parameter, numel))
            self._tables[parameter] = drawn.to(self._device)
        return self._tables[parameter]

    def empty(self, samples: int) -> Tensor:
        """Return an accumulator for `add` and `add_rows`, (B, 2k)."""
        return torch.zeros(samples, 2 * self.dimension, device=self._device)

    def add(self, accumulator: Tensor, parameter: str, values: Tensor) -> None:
        """Add the whole gradient of one parameter, (B, numel)."""
        # index_add_ is 14 times slower on int32, which the table is to halve its memory
        accumulator.index_add_(1, self.table(parameter, values.shape[1]).long(), values)

    def add_rows(
        self, accumulator: Tensor, parameter: str, n_rows: int, rows: Tensor, values: Tensor
    ) -> None:
        """Add `values` (B, T, C) to the rows (B, T) of a parameter of shape (n_rows, C)."""
        samples, _, width = values.shape
        table = self.table(parameter, n_rows * width).view(n_rows, width)
        buckets = table[rows].reshape(samples, -1).long()
        accumulator.scatter_add_(1, buckets, values.reshape(samples, -1))

    def close(self, accumulator: Tensor) -> Tensor:
        """Return the finished rows, (B, k)."""
        return accumulator[:, : self.dimension] - accumulator[:, self.dimension :]

    def _draw(self, parameter: str, numel: int) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
        text = f"{self._seed}\n{self._member}\n{parameter}".encode()
        key = int.from_bytes(hashlib.sha256(text).digest()[:16], "little")
        words = np.random.Philox(key=key).random_raw(numel)
        buckets = ((words >> np.uint64(32)) * np.uint64(self.dimension)) >> np.uint64(32)
        minus = (words & np.uint64(1)) * np.uint64(self.dimension)
        return (buckets + minus).astype(np.int32)
