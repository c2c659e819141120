"""Tables that are looked up."""

from collections.abc import Iterator
from dataclasses import dataclass

from torch import Tensor, nn

from attribution.engine.gradients.pieces import Lookup, Piece
from attribution.engine.gradients.rules.base import Rule


@dataclass(frozen=True)
class EmbeddingRule(Rule):
    """`nn.Embedding`, times a constant `scale`: row v is scale · Σ_t g_t over tokens equal to v.

    The padding row never receives a gradient, as in autograd.
    """

    scale: float = 1.0

    def pieces(
        self, module: nn.Module, inputs: Tensor, grads: Tensor, samples: int
    ) -> Iterator[tuple[str, Piece]]:
        """Yield one lookup."""
        tokens = inputs.reshape(samples, -1).long()
        columns = grads.reshape(samples, -1, grads.shape[-1]).float()
        if self.scale != 1.0:
            columns = columns * self.scale
        padding = getattr(module, "padding_idx", None)
        if padding is not None:
            columns = columns * (tokens != padding).unsqueeze(-1)
        yield "weight", Lookup(tokens, columns, module.get_parameter("weight").shape[0])
