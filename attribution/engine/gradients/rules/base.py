"""What a rule is: how one kind of module turns a call into pieces of its parameters' gradients."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from torch import Tensor, nn

from attribution.engine.gradients.pieces import Piece

Form = Literal["matrix", "vector"]


@dataclass(frozen=True)
class Rule(ABC):
    """One kind of module. `forms` maps each attribute that is a parameter to its form.

    A module that runs torch's own `forward` has its rule by its class. Any other module is given
    a rule only after `recognise` has seen the rule agree with autograd on that very module.
    """

    kind: str
    forms: Mapping[str, Form]

    @abstractmethod
    def pieces(
        self, module: nn.Module, inputs: Tensor, grads: Tensor, samples: int
    ) -> Iterator[tuple[str, Piece]]:
        """Yield (attribute, piece), in float32, for one call of `module`.

        `inputs` is what the module was given and `grads` the gradient of what it returned; their
        first dimension is the sample, and of a lone sample it may be anything else.
        """
