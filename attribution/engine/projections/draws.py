"""The random numbers of projections: the same on every device, and in later years.

All come from raw Philox words, whose stream numpy promises to keep, keyed by (seed, member, what
they are for). Bases are made of them by a QR decomposition, which other versions of LAPACK round
otherwise in the last digit; that moves a score by less than its own rounding.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


@dataclass(frozen=True)
class Draws:
    """The source of one ensemble member."""

    seed: int
    member: str
    device: torch.device

    def words(self, purpose: str, count: int, skip: int = 0) -> NDArray[np.uint64]:
        """Return `count` random words of a purpose, after the first `skip` (a multiple of 4)."""
        text = f"{self.seed}\n{self.member}\n{purpose}".encode()
        key = int.from_bytes(hashlib.sha256(text).digest()[:16], "little")
        generator = np.random.Philox(key=key)
        generator.advance(skip // 4)  # Philox counts in blocks of four words
        words: NDArray[np.uint64] = generator.random_raw(count)
        return words

    def signs(self, purpose: str, count: int) -> Tensor:
        """Return ±1, (count,) float32."""
        bits = (self.words(purpose, count) >> np.uint64(63)).astype(np.float32)
        return torch.from_numpy(1 - 2 * bits).to(self.device)

    def basis(self, purpose: str, n: int, width: int) -> Tensor:
        """Return random orthonormal columns times √(n / width), (n, width) float32.

        They span what `width` independent random directions span; signs and order of coordinates
        being exchangeable, E[basis · basisᵀ] is the identity, so inner products keep their mean.
        Orthonormal columns add less variance than independent ones, and none at width = n.
        """
        uniform = self.words(purpose, n * width).astype(np.float64) / 2.0**64 - 0.5
        columns, corner = np.linalg.qr(uniform.reshape(n, width))
        columns *= np.sign(corner.diagonal()) * np.sqrt(n / width)  # one answer in every LAPACK
        return torch.from_numpy(columns.astype(np.float32)).to(self.device)
