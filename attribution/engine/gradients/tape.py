"""Hooks that hand over each watched module's input together with the gradient of its output.

Owns how hooks are placed and removed; knows nothing of parameters. A module called several times
reports several times. Nothing is kept once a gradient has been handed over, so memory stays near
that of a plain backward pass.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

Sink = Callable[[str, Tensor, Tensor], None]  # (module name, input, gradient of its output)


@dataclass(frozen=True)
class Watch:
    """A module to watch, and the dimension of the sample in its input and in its output.

    None is a table that is looked up once for the whole batch. `overwritten`: the output is later
    changed in place, which on a view silently drops the hooks, so it is copied first.
    """

    module: nn.Module
    inputs: int | None
    output: int | None
    overwritten: bool


class Tape:
    """Watches modules during one forward and backward pass; use it as a context manager."""

    def __init__(self, watches: Mapping[str, Watch], samples: int, sink: Sink) -> None:
        """Watch modules, by name. `sink` gets every call with the sample as first dimension."""
        self._watches = watches
        self._samples = samples
        self._sink = sink
        self._handles: list[RemovableHandle] = []

    def __enter__(self) -> Self:
        for name, watch in self._watches.items():
            hook = self._hook(name, watch)
            self._handles.append(watch.module.register_forward_hook(hook, with_kwargs=True))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for handle in self._handles:
            handle.remove()
        self._handles.clear()

    def _hook(self, name: str, watch: Watch) -> Callable[..., Tensor | None]:
        def hook(
            module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], output: Tensor
        ) -> Tensor | None:
            if not torch.is_grad_enabled():
                return None
            inputs = (args[0] if args else next(iter(kwargs.values()))).detach()
            if not output.requires_grad:  # all weights before are frozen: the gradient starts here
                output = output.requires_grad_().clone()  # a clone bears later in-place steps
            if watch.output is None:
                inputs, output = self._spread(inputs), self._spread(output)
            if watch.overwritten:
                output = output.clone()
            output.register_hook(self._receiver(name, watch, inputs))  # type: ignore[no-untyped-call]
            return output

        return hook

    def _spread(self, shared: Tensor) -> Tensor:
        """Give every sample its own copy of what all share, so that gradients stay apart."""
        row = shared if shared.dim() > 1 and shared.shape[0] == 1 else shared.unsqueeze(0)
        return row.expand(self._samples, *row.shape[1:])

    def _receiver(self, name: str, watch: Watch, inputs: Tensor) -> Callable[[Tensor], None]:
        def receive(grads: Tensor) -> None:
            kept = inputs.movedim(watch.inputs or 0, 0)
            self._sink(name, kept, grads.detach().movedim(watch.output or 0, 0))

        return receive
