"""Where the samples of a batch are in the tensors that a module is given and returns.

Found by comparing the same call for a batch of two and of three: the one dimension that grows
from 2 to 3 is the sample's, whether first (batch first) or second (time first), and a tensor that
does not grow is shared by all samples. A first dimension that grows from 2n to 3n holds samples
flattened with something else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from torch import Tensor
from torch.utils._pytree import tree_leaves


@dataclass(frozen=True)
class Call:
    """What a module was given and what it returned."""

    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    output: Any

    @property
    def inputs(self) -> list[Tensor]:
        """Every tensor that the module was given, in a fixed order."""
        return tensors_in((self.args, dict(self.kwargs)))

    @property
    def outputs(self) -> list[Tensor]:
        """Every tensor that the module returned."""
        return tensors_in(self.output)


@dataclass(frozen=True)
class Layout:
    """The dimension of the sample in each tensor of a call; None where all samples share one.

    `flat`: it is shared with other dimensions, so that its parts are samples by assumption only.
    """

    inputs: tuple[int | None, ...]
    outputs: tuple[int | None, ...]
    flat: bool = False

    @property
    def assumed(self) -> bool:
        """Whether hooks can tell samples apart only if the model does nothing odd with them."""
        return self.flat or None in (*self.inputs[:1], *self.outputs[:1])


class NotBySample(Exception):
    """No dimension of a tensor tells samples apart: they were counted, mixed or gathered."""


def tensors_in(tree: Any) -> list[Tensor]:
    """Return the tensors of nested tuples, lists, mappings and registered classes."""
    return [leaf for leaf in tree_leaves(tree) if isinstance(leaf, Tensor)]


def layout_of(two: Sequence[Call], three: Sequence[Call]) -> Layout:
    """Return the layout that all calls of a module share. Raises NotBySample if there is none."""
    if len(two) != len(three) or not two:
        raise NotBySample
    layouts = {_layout(*pair) for pair in zip(two, three, strict=True)}
    if len(layouts) > 1:
        raise NotBySample
    return layouts.pop()


def _layout(two: Call, three: Call) -> Layout:
    inputs = _grown(two.inputs, three.inputs)
    outputs = _grown(two.outputs, three.outputs)
    flat = any(grown is not None and grown.factor > 1 for grown in (*inputs, *outputs))
    return Layout(
        tuple(grown and grown.dimension for grown in inputs),
        tuple(grown and grown.dimension for grown in outputs),
        flat,
    )


class _Grown(NamedTuple):
    dimension: int
    factor: int  # numbers along the dimension for each sample


def _grown(two: list[Tensor], three: list[Tensor]) -> tuple[_Grown | None, ...]:
    if len(two) != len(three):
        raise NotBySample
    return tuple(_grown_of(*pair) for pair in zip(two, three, strict=True))


def _grown_of(two: Tensor, three: Tensor) -> _Grown | None:
    if two.shape == three.shape:
        return None
    if two.dim() != three.dim():
        raise NotBySample
    sizes = enumerate(zip(two.shape, three.shape, strict=True))
    changed = [(place, small, large) for place, (small, large) in sizes if small != large]
    place, small, large = changed[0]
    if len(changed) > 1 or small * 3 != large * 2 or (small != 2 and place > 0):
        raise NotBySample
    return _Grown(place, small // 2)
