"""Recordings as a model reads them: steps of a codec, cut into segments.

Owns how tracks become arrays and how segments become padded batches. Segments lie one after the
other and do not overlap, so that every step of a track counts once and rows of segments add up to
the track. It must not know about networks.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from attribution.audio.codes_model import delayed
from attribution.reference.arrays import IntArray
from attribution.reference.segments import SegmentTable, cut


class CodeWindows(NamedTuple):
    """Segments of codes in the delay pattern, padded on the right."""

    inputs: Tensor  # (B, L, codebooks) int64: what the model reads
    targets: Tensor  # (B, L, codebooks) int64: what comes next
    counted: Tensor  # (B, L, codebooks) bool: False where there is nothing to predict

    @property
    def size(self) -> int:
        """How many codes are predicted."""
        return int(self.counted.sum())


class LatentWindows(NamedTuple):
    """Segments of latents, padded on the right."""

    latents: Tensor  # (B, T, width) float32
    counted: Tensor  # (B, T) bool: False where padded
    scored: Tensor  # (B, T) bool: which of them the output is about; all, unless said

    @property
    def size(self) -> int:
        """How many numbers are predicted."""
        return int(self.counted.sum()) * self.latents.shape[2]


@dataclass(frozen=True)
class SoundCorpus:
    """Steps of all tracks one after the other: codes (n, codebooks) or latents (n, width)."""

    steps: NDArray[np.int16] | NDArray[np.float32]
    table: SegmentTable

    @classmethod
    def of(cls, tracks: Sequence[Tensor], window: int) -> "SoundCorpus":
        """Cut tracks, (steps, numbers) each, into segments of at most `window` steps.

        Raises ValueError for an empty track and for a corpus without tracks.
        """
        if not tracks:
            raise ValueError("A corpus needs at least one track.")
        whole = torch.cat(list(tracks)).numpy()
        table = cut([len(track) for track in tracks], window)
        if whole.dtype.kind == "i":  # codes
            return cls(whole.astype(np.int16), table)
        return cls(whole.astype(np.float32), table)

    def sequence(self, segment: int) -> NDArray[np.int16] | NDArray[np.float32]:
        """The steps of a segment as they are kept, (length, numbers)."""
        start = int(self.table.start[segment])
        return self.steps[start : start + int(self.table.length[segment])]

    def segment(self, number: int) -> Tensor:
        """The steps of a segment as a model reads them."""
        return as_read(torch.from_numpy(self.sequence(number)))

    def sha256(self) -> str:
        """Identity of the steps and of the cut."""
        head = f"sound-1:{self.steps.dtype.str}:{self.steps.shape}:{self.table.sha256()}:"
        return hashlib.sha256(
            head.encode() + np.ascontiguousarray(self.steps).tobytes()
        ).hexdigest()


def as_read(steps: Tensor) -> Tensor:
    """Codes are indices and need 64 bits; latents are numbers already."""
    return steps.float() if steps.is_floating_point() else steps.long()


def code_windows(segments: Sequence[Tensor], nothing: int) -> CodeWindows:
    """Lay segments of codes, (steps, codebooks) each, side by side in the delay pattern."""
    targets = pad_sequence([delayed(codes, nothing) for codes in segments], True, nothing)
    inputs = torch.full_like(targets, nothing)
    inputs[:, 1:] = targets[:, :-1]
    counted = targets != nothing
    return CodeWindows(inputs, targets.masked_fill(~counted, 0), counted)


def latent_windows(segments: Sequence[Tensor]) -> LatentWindows:
    """Lay segments of latents, (steps, width) each, side by side."""
    lengths = torch.tensor([len(segment) for segment in segments])
    latents = pad_sequence(list(segments), True)
    counted = torch.arange(latents.shape[1]) < lengths.unsqueeze(1)
    return LatentWindows(latents, counted, counted)


def all_segments(corpus: SoundCorpus) -> IntArray:
    """The numbers of all segments."""
    return np.arange(len(corpus.table))
