"""Which parameter is seen by which means: decided once, by running the model on one segment.

Hooks serve a parameter only when every module that owns it has a rule and really was called
(`nn.MultiheadAttention` owns a Linear that it never calls). They serve a whole batch at once only
when each watched output has the samples as its first dimension, which is found by comparing a
batch of two with a batch of three; otherwise, and when a parameter needs autograd, samples go one
at a time, where every leading dimension is a token and nothing can be confused.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np
import torch
from torch import Tensor, nn

from attribution.engine.config import CaptureConfig
from attribution.engine.errors import BadGradients, IncompleteGradients
from attribution.engine.gradients.rules import rule_for
from attribution.engine.task import Segments, Task

HOOKED = ("linear", "embedding", "norm")
LEFT_OUT = ("frozen", "excluded", "unused")


@dataclass(frozen=True)
class Plan:
    """What the survey decided. `owned` maps module → attribute → parameter, for hooks only."""

    owned: dict[str, dict[str, str]]
    kinds: dict[str, str]  # parameter → linear | embedding | norm | autograd | one of LEFT_OUT
    shapes: dict[str, tuple[int, ...]]
    batched: bool
    one_at_a_time_because: tuple[str, ...]
    overwritten: frozenset[str]  # modules whose output is changed in place later

    def of_kind(self, *kinds: str) -> list[str]:
        """Return the names of the parameters of these kinds, in the model's order."""
        return [name for name, kind in self.kinds.items() if kind in kinds]

    @property
    def covered(self) -> list[str]:
        """Names of the parameters that make up a feature."""
        return self.of_kind(*HOOKED, "autograd")


@dataclass(frozen=True)
class _Calls:
    """First dimension of the outputs of each call of each module, for one batch size."""

    sizes: dict[str, list[int]]
    overwritten: frozenset[str]

    def of(self, module: str) -> list[int]:
        return self.sizes.get(module, [])


def survey(model: nn.Module, task: Task, config: CaptureConfig, segment: int = 0) -> Plan:
    """Decide how each parameter of `model` is differentiated.

    Raises BadGradients when the task's outputs are not one number a sample, and
    IncompleteGradients when no parameter is left to differentiate.
    """
    owners = _owners(model)
    with evaluating(model):
        one, two, three = (_observe(model, task, [segment] * n) for n in (1, 2, 3))
        used = _used(model, task, segment)
    kinds = {
        name: _kind(name, parameter, owners[name], config, one, used)
        for name, parameter in model.named_parameters()
    }
    if not set(kinds.values()) - set(LEFT_OUT):
        raise IncompleteGradients(
            "No parameter of this model is trained, named and used by the task's output: "
            "unfreeze some, or loosen CaptureConfig.exclude."
        )
    owned = _owned(owners, kinds, one)
    reasons = _reasons(owned, kinds, two, three)
    shapes = {name: tuple(parameter.shape) for name, parameter in model.named_parameters()}
    return Plan(owned, kinds, shapes, not reasons, reasons, one.overwritten)


def run(model: nn.Module, task: Task, segments: Segments) -> Tensor:
    """Return the task's outputs for a batch, checked to be one number a segment, (B,)."""
    indices = np.asarray(segments, dtype=np.int64)
    outputs = task.sample_outputs(model, task.batch(indices))
    if outputs.shape != (len(indices),):
        raise BadGradients(
            f"Task.sample_outputs returned the shape {tuple(outputs.shape)} for a batch of "
            f"{len(indices)} segments; return one number a segment, summed over its tokens."
        )
    return outputs


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Hold the model in evaluation mode, without dropout or running statistics that move."""
    modes = {module: module.training for module in model.modules()}
    model.eval()
    try:
        yield
    finally:
        for module, mode in modes.items():
            module.training = mode


def _owners(model: nn.Module) -> dict[str, list[tuple[str, nn.Module, str]]]:
    """Map each parameter, under its first name, to every (module name, module, attribute)."""
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    owners: dict[str, list[tuple[str, nn.Module, str]]] = {name: [] for name in names.values()}
    for module_name, module in model.named_modules():
        for attribute, parameter in module._parameters.items():
            if parameter is not None:
                owners[names[id(parameter)]].append((module_name, module, attribute))
    return owners


def _observe(model: nn.Module, task: Task, segments: list[int]) -> _Calls:
    sizes: dict[str, list[int]] = {}
    outputs: list[tuple[str, Tensor, int]] = []

    def watcher(name: str) -> Callable[[nn.Module, object, Tensor], None]:
        def watch(module: nn.Module, args: object, output: Tensor) -> None:
            sizes.setdefault(name, []).append(output.shape[0] if output.dim() > 1 else 0)
            outputs.append((name, output, output._version))

        return watch

    watched = [(name, m) for name, m in model.named_modules() if rule_for(m) is not None]
    handles = [module.register_forward_hook(watcher(name)) for name, module in watched]
    try:
        run(model, task, segments)
    finally:
        for handle in handles:
            handle.remove()
    changed = {name for name, output, version in outputs if output._version != version}
    return _Calls(sizes, frozenset(changed))


def _used(model: nn.Module, task: Task, segment: int) -> set[str]:
    """Names of the trained parameters that the output of this segment depends on."""
    trained = {name: p for name, p in model.named_parameters() if p.requires_grad}
    output = run(model, task, [segment]).sum()
    if not trained or not output.requires_grad:
        return set()
    grads = torch.autograd.grad(output, list(trained.values()), allow_unused=True)
    return {name for name, grad in zip(trained, grads, strict=True) if grad is not None}


def _kind(
    name: str,
    parameter: nn.Parameter,
    owners: list[tuple[str, nn.Module, str]],
    config: CaptureConfig,
    calls: _Calls,
    used: set[str],
) -> str:
    if not parameter.requires_grad:
        return "frozen"
    if any(fnmatchcase(name, pattern) for pattern in config.exclude):
        return "excluded"
    if name not in used:
        return "unused"
    if any(fnmatchcase(name, pattern) for pattern in config.by_autograd):
        return "autograd"
    rules = [(rule_for(module), attribute) for _, module, attribute in owners]
    forms = {rule.forms[attribute] for rule, attribute in rules if rule is not None}
    called = all(calls.of(module_name) for module_name, _, _ in owners)
    first = rules[0][0]
    if first is None or any(rule is None for rule, _ in rules) or len(forms) > 1 or not called:
        return "autograd"
    return first.kind


def _owned(
    owners: dict[str, list[tuple[str, nn.Module, str]]], kinds: dict[str, str], calls: _Calls
) -> dict[str, dict[str, str]]:
    owned: dict[str, dict[str, str]] = {}
    for name, places in owners.items():
        if kinds[name] in HOOKED:
            for module_name, _, attribute in places:
                owned.setdefault(module_name, {})[attribute] = name
    return owned


def _reasons(
    owned: dict[str, dict[str, str]], kinds: dict[str, str], two: _Calls, three: _Calls
) -> tuple[str, ...]:
    """Name what forbids batches: parameters by autograd, outputs that are not batch-first."""
    by_autograd = [f"{name} needs autograd" for name, kind in kinds.items() if kind == "autograd"]
    mixed = [
        f"the output of {module or 'the model'} is not batch-first"
        for module in owned
        if len(two.of(module)) != len(three.of(module))
        or any(
            pair not in {(2, 3), (1, 1)}
            for pair in zip(two.of(module), three.of(module), strict=False)
        )
    ]
    return tuple(by_autograd + mixed)
