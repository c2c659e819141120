"""Watches every module of a model during one run, without changing anything."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from attribution.engine.gradients.attention import exposed
from attribution.engine.gradients.layout import Call, Layout, NotBySample, layout_of, tensors_in
from attribution.engine.gradients.running import evaluating, run
from attribution.engine.task import Task


@dataclass(frozen=True)
class Observed:
    """The calls of each module for a batch of two and of three copies of one segment."""

    two: dict[str, list[Call]]
    three: dict[str, list[Call]]
    overwritten: frozenset[str]  # modules whose output is changed in place later

    def layout(self, module: str) -> Layout | None:
        """Return where the samples are in every call of this module; None if not apart."""
        try:
            return layout_of(self.two.get(module, []), self.three.get(module, []))
        except NotBySample:
            return None


def observe(model: nn.Module, task: Task, segment: int) -> Observed:
    """Run the model, exposed, on two and on three copies of a segment."""
    with evaluating(model), exposed(model):
        two, overwritten = _calls(model, task, [segment] * 2)
        three, _ = _calls(model, task, [segment] * 3)
    return Observed(two, three, overwritten)


def _calls(
    model: nn.Module, task: Task, segments: list[int]
) -> tuple[dict[str, list[Call]], frozenset[str]]:
    calls: dict[str, list[Call]] = {}
    returned: list[tuple[str, Tensor, int]] = []

    def watcher(name: str) -> Callable[..., None]:
        def watch(
            module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any
        ) -> None:
            calls.setdefault(name, []).append(Call(args, kwargs, output))
            returned.extend((name, tensor, tensor._version) for tensor in tensors_in(output))

        return watch

    handles = [
        module.register_forward_hook(watcher(name), with_kwargs=True)
        for name, module in model.named_modules()
    ]
    try:
        with torch.no_grad():  # calls are kept, and would keep their graphs
            run(model, task, segments)
    finally:
        for handle in handles:
            handle.remove()
    changed = {name for name, tensor, version in returned if tensor._version != version}
    return calls, frozenset(changed)
