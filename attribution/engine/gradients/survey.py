"""Which parameter is seen by which means: decided once, by running the model on one segment.

1. The model runs on two and on three copies of the segment, which shows where each module keeps
   its samples, and autograd gives the gradient of the one segment: the truth for all that follows.
2. A module that has a rule, by its class or by what it does, is watched by hooks. A parameter is
   theirs if *all* modules that own it are watched.
3. Any other parameter goes to the smallest module around its owners that can be run again by
   itself with its samples apart (`replay`).
4. The draft is tried on two copies of the segment and compared with the truth. What differs is
   mended: nothing is assumed of tables that the batch shares and of samples that are flattened;
   parameters that hooks see only in part are left to a replay of the model (on a GPU); replays
   run one sample after the other; at last all samples go one at a time, where autograd itself
   gives what hooks do not see.

So a model that is used in an unforeseen way costs time, not truth. What depends on the segment is
left to the self-check, which compares several.
"""

from collections.abc import Iterable
from fnmatch import fnmatchcase

import torch
from torch import Tensor, nn

from attribution.engine.config import CaptureConfig
from attribution.engine.errors import IncompleteGradients
from attribution.engine.gradients.attention import exposed
from attribution.engine.gradients.check import differing, sample_gradient
from attribution.engine.gradients.draft import Draft, Findings, draw
from attribution.engine.gradients.observe import Observed, observe
from attribution.engine.gradients.owners import owners_of
from attribution.engine.gradients.plan import Plan
from attribution.engine.gradients.rules import Rule, recognise, rule_for
from attribution.engine.gradients.running import MODEL_ERRORS, evaluating, refuse_broken
from attribution.engine.task import Task


def survey(model: nn.Module, task: Task, config: CaptureConfig, segment: int = 0) -> Plan:
    """Decide how each parameter of `model` is differentiated.

    Raises BadGradients when the task's outputs are not one finite number a sample or a parameter
    is not finite, and IncompleteGradients when no parameter is left to differentiate or the model
    gives another gradient each time.
    """
    refuse_broken(model)
    findings = _look(model, task, config, segment)
    draft: Draft | None = Draft()
    wrong: list[str] = []
    failure: Exception | None = None
    while draft is not None:
        plan = draw(findings, draft)
        wrong, failure = _trial(model, task, plan, findings, segment)
        if not wrong and failure is None:
            return plan
        draft = draft.after(frozenset(wrong), plan.assumed)
    raise IncompleteGradients(
        f"Hooks and autograd disagree on the gradient of {', '.join(wrong) or 'this model'}, even "
        "one sample at a time. Is something in the model or in the task drawn at random?"
    ) from failure


def _look(model: nn.Module, task: Task, config: CaptureConfig, segment: int) -> Findings:
    parameters = dict(model.named_parameters())
    trained = [name for name, parameter in parameters.items() if parameter.requires_grad]
    truth = sample_gradient(model, task, segment, trained)
    kept_from_hooks = _matching(parameters, config.by_autograd)
    for name in kept_from_hooks.intersection(trained) - truth.keys():  # used by other segments
        truth[name] = torch.zeros(parameters[name].numel(), device=parameters[name].device)
    left_out = _left_out(parameters, truth, _matching(parameters, config.exclude))
    seen = observe(model, task, segment)
    return Findings(
        owners=owners_of(model),
        shapes={name: tuple(parameter.shape) for name, parameter in parameters.items()},
        left_out=left_out,
        kept_from_hooks=kept_from_hooks,
        rules=_rules(model, seen),
        unfit_for_vmap=_unfit_for_vmap(model),
        # One segment of music keeps a core busy, but not a GPU: on a CPU, single samples cost less
        # than running the model twice.
        may_run_twice=any(parameter.device.type != "cpu" for parameter in parameters.values()),
        seen=seen,
        truth={name: grad for name, grad in truth.items() if name not in left_out},
    )


def _left_out(
    parameters: dict[str, nn.Parameter], truth: dict[str, Tensor], excluded: frozenset[str]
) -> dict[str, str]:
    left_out: dict[str, str] = {}
    for name, parameter in parameters.items():
        if not parameter.requires_grad:
            left_out[name] = "frozen"
        elif name in excluded:
            left_out[name] = "excluded"
        elif name not in truth:
            left_out[name] = "unused"
    if len(left_out) == len(parameters):
        raise IncompleteGradients(
            "No parameter of this model is trained, named and used by the task's output: "
            "unfreeze some, or loosen CaptureConfig.exclude."
        )
    return left_out


def _matching(names: Iterable[str], patterns: tuple[str, ...]) -> frozenset[str]:
    return frozenset(n for n in names if any(fnmatchcase(n, pattern) for pattern in patterns))


def _rules(model: nn.Module, seen: Observed) -> dict[str, Rule]:
    """Return the rule of every called module that has one."""
    found: dict[str, Rule] = {}
    with evaluating(model), exposed(model):
        for name, calls in seen.two.items():
            module = model.get_submodule(name)
            rule = rule_for(module) or recognise(module, calls[0].args, calls[0].kwargs)
            if rule is not None:
                found[name] = rule
    return found


def _unfit_for_vmap(model: nn.Module) -> frozenset[str]:
    """Return the modules around an embedding with a padding row.

    Under vmap over weights, torch (2.13) leaves the padding row without gradient in the first
    sample alone, and one segment without padding would not show it.
    """

    def padded(module: nn.Module) -> bool:
        return any(getattr(inner, "padding_idx", None) is not None for inner in module.modules())

    return frozenset(name for name, module in model.named_modules() if padded(module))


def _trial(
    model: nn.Module, task: Task, plan: Plan, findings: Findings, segment: int
) -> tuple[list[str], Exception | None]:
    """Return the parameters that the plan gets wrong on two copies of the segment, or its error."""
    truth = {name: torch.stack([grad, grad]) for name, grad in findings.truth.items()}
    try:
        return differing(model, task, [segment] * 2, plan, 2, truth), None
    except MODEL_ERRORS as error:
        return [], error
