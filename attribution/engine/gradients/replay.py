"""Parameters that no rule sees: their module is run again, by itself, with each sample apart.

The pass keeps what such a module was given and the gradient of what it returned. Afterwards every
sample gets a copy of the parameters, the module runs again on those copies, and one backward step
through this module alone leaves each sample's gradient in its own copy. `torch.func.vmap` runs all
samples at once where the module allows it, and a loop does otherwise. The cost is one more forward
and backward pass of the odd module, not of the model (the idea is that of Opacus' grad samplers,
2109.12298); where a parameter belongs to the model itself, the module is the model.
"""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Any, Self

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.utils._pytree import tree_flatten, tree_map, tree_unflatten
from torch.utils.hooks import RemovableHandle

from attribution.engine.gradients.layout import Layout, tensors_in

Tensors = tuple[Tensor, ...]


@dataclass(frozen=True)
class Replay:
    """A module to run again. `parameters` maps names inside the module to those in the model."""

    module: str
    parameters: Mapping[str, str]
    layout: Layout
    at_once: bool  # all samples by vmap; else one after the other


@dataclass(frozen=True)
class Record:
    """What one call was given, and the gradient of each tensor that it returned, as it arrives."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    cotangents: dict[int, Tensor]


class Recorder:
    """Keeps the calls of one module during a pass; use it as a context manager."""

    def __init__(self, module: nn.Module) -> None:
        self._module = module
        self._handle: RemovableHandle | None = None
        self.records: list[Record] = []

    def __enter__(self) -> Self:
        self._handle = self._module.register_forward_hook(self._hook, with_kwargs=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._handle is not None:
            self._handle.remove()

    def _hook(
        self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any
    ) -> Any:
        if not torch.is_grad_enabled():
            return None
        kept_args, kept_kwargs = tree_map(_detached, (args, kwargs))
        output = tree_map(_differentiable, output)
        record = Record(kept_args, kept_kwargs, {})
        for place, tensor in enumerate(tensors_in(output)):
            if tensor.requires_grad:
                keep = partial(_keep, record.cotangents, place)
                tensor.register_hook(keep)  # type: ignore[no-untyped-call]
        self.records.append(record)
        return output


def sample_gradients(
    module: nn.Module, replay: Replay, records: Sequence[Record]
) -> Iterator[tuple[str, Tensor]]:
    """Yield (parameter, its gradient for each sample, (B, *shape)) for all calls of `module`."""
    for record in records:
        if record.cotangents:
            yield from zip(
                replay.parameters.values(), _of_call(module, replay, record), strict=True
            )


def _of_call(module: nn.Module, replay: Replay, record: Record) -> Iterator[Tensor]:
    inputs, rebuild = _opened(record)
    wanted = sorted(record.cotangents)
    cotangents = [_sample_first(record, replay.layout, place) for place in wanted]
    samples = len(cotangents[0])
    own = [module.get_parameter(name).detach() for name in replay.parameters]
    copies = [p.expand(samples, *p.shape).clone().requires_grad_() for p in own]

    def one(parameters: Tensors, slices: Tensors) -> Tensors:
        given = dict(zip(replay.parameters, parameters, strict=True))
        args, kwargs = rebuild(_with_sample(slices, replay.layout.inputs))
        returned = tensors_in(functional_call(module, given, args, kwargs))
        return tuple(returned[place] for place in wanted)

    with torch.enable_grad():
        outputs = (_at_once if replay.at_once else _in_turn)(one, copies, inputs, replay, samples)
    pairs = [(y, g) for y, g in zip(outputs, cotangents, strict=True) if y.requires_grad]
    grads = torch.autograd.grad(
        [y for y, _ in pairs],
        copies,
        [g.reshape(y.shape) for y, g in pairs],
        allow_unused=True,
    )
    for copy, grad in zip(copies, grads, strict=True):
        yield torch.zeros_like(copy) if grad is None else grad


def _at_once(
    one: Callable[[Tensors, Tensors], Tensors],
    copies: list[Tensor],
    inputs: list[Tensor],
    replay: Replay,
    samples: int,
) -> Tensors:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*performance drop.*")
        over = torch.vmap(one, in_dims=(0, replay.layout.inputs), randomness="same")
        outputs: Tensors = over(tuple(copies), tuple(inputs))
    return outputs


def _in_turn(
    one: Callable[[Tensors, Tensors], Tensors],
    copies: list[Tensor],
    inputs: list[Tensor],
    replay: Replay,
    samples: int,
) -> Tensors:
    rows = []
    for sample in range(samples):
        slices = tuple(
            tensor if dimension is None else tensor.select(dimension, sample)
            for tensor, dimension in zip(inputs, replay.layout.inputs, strict=True)
        )
        rows.append(one(tuple(copy[sample] for copy in copies), slices))
    return tuple(torch.stack(column) for column in zip(*rows, strict=True))


def _opened(record: Record) -> tuple[list[Tensor], Callable[[Tensors], Any]]:
    """Return a call's input tensors, and what puts others into their places."""
    leaves, structure = tree_flatten((record.args, record.kwargs))
    places = [place for place, leaf in enumerate(leaves) if isinstance(leaf, Tensor)]

    def rebuild(tensors: Tensors) -> Any:
        filled = list(leaves)
        for place, tensor in zip(places, tensors, strict=True):
            filled[place] = tensor
        return tree_unflatten(filled, structure)

    return [leaves[place] for place in places], rebuild


def _with_sample(slices: Tensors, dimensions: tuple[int | None, ...]) -> Tensors:
    """Give each slice back the dimension that the module expects, now of size one."""
    pairs = zip(slices, dimensions, strict=True)
    return tuple(tensor if d is None else tensor.unsqueeze(d) for tensor, d in pairs)


def _sample_first(record: Record, layout: Layout, place: int) -> Tensor:
    dimension = layout.outputs[place]
    assert dimension is not None  # the survey replays no module with an output shared by samples
    return record.cotangents[place].movedim(dimension, 0)


def _keep(cotangents: dict[int, Tensor], place: int, grad: Tensor) -> None:
    cotangents[place] = grad.detach()


def _detached(leaf: Any) -> Any:
    return leaf.detach() if isinstance(leaf, Tensor) else leaf


def _differentiable(leaf: Any) -> Any:
    """Start the gradient here where all weights before are frozen."""
    if isinstance(leaf, Tensor) and leaf.is_floating_point() and not leaf.requires_grad:
        return leaf.requires_grad_().clone()
    return leaf
