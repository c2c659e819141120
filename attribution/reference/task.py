"""What the attribution engine has to know about the reference model.

Owns the two methods of the engine's `Task`: a batch from segments, and the per-sample output whose
gradient counts, which is the *sum* over tokens of the cross-entropy of a window (summed, so that
a longer window weighs more and the rows of a track add up to the track). It must not import the
engine: the protocol is structural.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor, nn

from attribution.reference.arrays import AnyTokens, IntArray
from attribution.reference.segments import Corpus, Windows, pad
from attribution.reference.training import token_losses


class SummedLoss:
    """The output of a task over windows of tokens."""

    def sample_outputs(self, model: nn.Module, batch: Windows) -> Tensor:
        """Nats that each window costs the model: (batch,)."""
        return token_losses(model, batch).sum(dim=1)


@dataclass(frozen=True)
class CorpusTask(SummedLoss):
    """Segments of a corpus: what the model was trained on, or control tracks."""

    corpus: Corpus

    def batch(self, segments: IntArray) -> Windows:
        """The windows with these numbers in the corpus' segment table."""
        return self.corpus.windows(segments)


@dataclass(frozen=True)
class SequenceTask(SummedLoss):
    """Loose token sequences, such as generations; the number of a segment is its position."""

    sequences: Sequence[AnyTokens]
    bos: int

    def batch(self, segments: IntArray) -> Windows:
        return pad([self.sequences[int(segment)] for segment in segments], self.bos)
