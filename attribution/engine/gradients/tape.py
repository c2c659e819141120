"""Hooks that hand over each watched module's input together with the gradient of its output.

Owns how hooks are placed and removed; knows nothing of parameters. A module called several times
reports several times. Nothing is kept once a gradient has been handed over, so memory stays near
that of a plain backward pass.
"""

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

Sink = Callable[[str, Tensor, Tensor], None]  # (module name, input, gradient of its output)


class Tape:
    """Watches modules during one forward and backward pass; use it as a context manager."""

    def __init__(
        self,
        modules: Mapping[str, nn.Module],
        samples: int,
        sink: Sink,
        overwritten: frozenset[str] = frozenset(),
    ) -> None:
        """Watch `modules`, by name. `overwritten`: those whose output is later changed in place.

        Changing a view in place silently drops the hooks on it, so these outputs are copied first.
        """
        self._modules = modules
        self._overwritten = overwritten
        self._samples = samples
        self._sink = sink
        self._handles: list[RemovableHandle] = []

    def __enter__(self) -> Self:
        for name, module in self._modules.items():
            hook = self._hook(name)
            self._handles.append(module.register_forward_hook(hook, with_kwargs=True))
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

    def _hook(self, name: str) -> Callable[..., Tensor | None]:
        def hook(
            module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], output: Tensor
        ) -> Tensor | None:
            if not torch.is_grad_enabled():
                return None
            inputs = (args[0] if args else next(iter(kwargs.values()))).detach()
            output = self._differentiable(output)
            if name in self._overwritten:
                output = output.clone()
            output.register_hook(self._receiver(name, inputs))  # type: ignore[no-untyped-call]
            return output

        return hook

    def _differentiable(self, output: Tensor) -> Tensor:
        """Start the gradient where weights are frozen; give every sample its own copy.

        A table that is looked up once for the whole batch has one row for all samples; expanded,
        its gradient stays apart for each of them.
        """
        if not output.requires_grad:
            output = output.requires_grad_().clone()  # a clone, so that later in-place steps work
        if output.dim() > 1 and output.shape[0] == 1 and self._samples > 1:
            output = output.expand(self._samples, *output.shape[1:])
        return output

    def _receiver(self, name: str, inputs: Tensor) -> Callable[[Tensor], None]:
        def receive(grads: Tensor) -> None:
            shared = inputs.shape[0] == 1 and grads.shape[0] == self._samples > 1
            kept = inputs.expand(self._samples, *inputs.shape[1:]) if shared else inputs
            self._sink(name, kept, grads.detach())

        return receive
