"""Draws a plan from what one run of the model showed, as boldly as it is told to."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace

from torch import Tensor

from attribution.engine.gradients.layout import Layout
from attribution.engine.gradients.observe import Observed
from attribution.engine.gradients.owners import Owner, enclosing
from attribution.engine.gradients.plan import Plan, Watched
from attribution.engine.gradients.replay import Replay
from attribution.engine.gradients.rules import HOOKED, Rule

ALONE = Layout((0,), (0,))  # of a lone sample any dimension may come first


@dataclass(frozen=True)
class Findings:
    """What running the model on one segment showed."""

    owners: Mapping[str, list[Owner]]
    shapes: dict[str, tuple[int, ...]]
    left_out: Mapping[str, str]  # parameter → frozen | excluded | unused
    kept_from_hooks: frozenset[str]  # parameters that the configuration leaves to autograd
    rules: Mapping[str, Rule]  # of each module that was called and has one
    unfit_for_vmap: frozenset[str]  # modules
    may_run_twice: bool  # whether a second run of the whole model beats single samples
    seen: Observed
    truth: Mapping[str, Tensor]  # covered parameter → gradient of the segment, (numel,)


@dataclass(frozen=True)
class Draft:
    """How boldly a plan is drawn; each failed trial makes it more careful."""

    bold: bool = True  # spread shared tables out, take flattened samples to be in order
    distrusted: frozenset[str] = frozenset()  # parameters that hooks do not see whole
    at_once: bool = True  # replay all samples by vmap
    alone_because: tuple[str, ...] = ()  # why samples go one at a time

    def after(self, wrong: Set[str], assumed: Set[str]) -> "Draft | None":
        """Return the next draft, when these parameters were wrong or (none) the trial broke.

        `assumed` are the parameters whose modules were watched boldly. One of them that is spread
        where it should not be may spoil all others, so they are doubted first.
        """
        if self.bold and (not wrong or wrong & assumed):
            return replace(self, bold=False)
        if not wrong <= self.distrusted:
            return replace(self, distrusted=self.distrusted | wrong)
        if self.bold:
            return replace(self, bold=False)
        if self.at_once:
            return replace(self, at_once=False)
        if not self.alone_because:
            return replace(self, alone_because=("samples do not stay apart in a batch",))
        return None


def draw(findings: Findings, draft: Draft) -> Plan:
    """Return the plan of a draft; one sample at a time where samples cannot be told apart."""
    kinds = {name: _kind(findings, draft, name) for name in findings.shapes}
    owned = _owned(findings, kinds)
    layouts = {name: _layout(findings, draft, name) for name in owned}
    lone = [name for name, kind in kinds.items() if kind == "autograd"]
    homes = {name: _home(findings, draft, name) for name in lone}
    unclear = (
        *(
            f"samples are not apart in {m or 'the model'}"
            for m, found in layouts.items()
            if not found
        ),
        *(f"{name} needs autograd" for name, home in homes.items() if home is None),
    )
    if unclear and not draft.alone_because:
        return draw(findings, replace(draft, alone_because=unclear))
    return Plan(
        watched={
            name: Watched(
                findings.rules[name],
                layouts[name] or ALONE,
                parameters,
                name in findings.seen.overwritten,
            )
            for name, parameters in owned.items()
        },
        replays=() if draft.alone_because else tuple(_replays(findings, draft, homes)),
        kinds=kinds,
        shapes=findings.shapes,
        one_at_a_time_because=draft.alone_because,
    )


def _kind(findings: Findings, draft: Draft, name: str) -> str:
    if name in findings.left_out:
        return findings.left_out[name]
    if name in findings.kept_from_hooks | draft.distrusted:
        return "autograd"
    rules = [(findings.rules.get(o.hooked[0]), o.hooked[1]) for o in findings.owners[name]]
    seen = [(rule, attribute) for rule, attribute in rules if rule and attribute in rule.forms]
    one_form = len({rule.forms[attribute] for rule, attribute in seen}) == 1
    return seen[0][0].kind if one_form and len(seen) == len(rules) else "autograd"


def _owned(findings: Findings, kinds: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Map each watched module to its attributes and the names of their parameters."""
    owned: dict[str, dict[str, str]] = {}
    for name, kind in kinds.items():
        for owner in findings.owners[name] if kind in HOOKED else ():
            module, attribute = owner.hooked
            owned.setdefault(module, {})[attribute] = name
    return owned


def _layout(findings: Findings, draft: Draft, module: str) -> Layout | None:
    """Return where hooks find the samples of a module; None if they cannot."""
    if draft.alone_because:
        return ALONE
    layout = findings.seen.layout(module)
    if layout is None or not layout.inputs or len(layout.outputs) != 1:
        return None
    alike = (layout.inputs[0] is None) == (layout.outputs[0] is None)
    return layout if alike and (draft.bold or not layout.assumed) else None


def _home(findings: Findings, draft: Draft, name: str) -> str | None:
    """Return the smallest module that can be run again for this parameter, if any."""
    partial = name in findings.kept_from_hooks | draft.distrusted
    for module in [""] if partial else enclosing(findings.owners[name]):
        if not module and not findings.may_run_twice:
            return None
        layout = findings.seen.layout(module)
        if layout and not layout.flat and layout.outputs and None not in layout.outputs:
            return module
    return None


def _replays(findings: Findings, draft: Draft, homes: Mapping[str, str | None]) -> Iterator[Replay]:
    by_home: dict[str, dict[str, str]] = {}
    for name, home in homes.items():
        if home is not None:
            by_home.setdefault(home, {})[findings.owners[name][0].inside(home)] = name
    for home, parameters in by_home.items():
        layout = findings.seen.layout(home)
        assert layout is not None
        at_once = draft.at_once and home not in findings.unfit_for_vmap
        yield Replay(home, parameters, layout, at_once)
