"""The report that says how each parameter's gradient is obtained, and what is left out."""

from collections import Counter
from dataclasses import dataclass
from math import prod

from attribution.engine.gradients.plan import Plan
from attribution.engine.gradients.replay import Replay
from attribution.engine.gradients.rules import HOOKED

PPM = 1_000_000


@dataclass(frozen=True)
class Coverage:
    """Numbers of parameters by the means that sees them.

    kinds: linear, embedding, convolution, norm (by hooks), autograd, and the left-out ones: frozen
    (the model's owner froze them), excluded (by the configuration), unused (the output does not
    depend on them). run_again: the modules whose parameters autograd differentiates batch by
    batch, by running them a second time.
    """

    parameters_by_kind: dict[str, int]
    batched: bool
    one_at_a_time_because: tuple[str, ...]
    run_again: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """Number of all parameters of the model."""
        return sum(self.parameters_by_kind.values())

    @property
    def by_hooks_ppm(self) -> int:
        """Share of the parameters whose gradients hooks see, in millionths."""
        return self._ppm(*HOOKED)

    @property
    def by_autograd_ppm(self) -> int:
        """Share of the parameters that autograd differentiates, in millionths."""
        return self._ppm("autograd")

    @property
    def covered_ppm(self) -> int:
        """Share of the parameters that make up a feature, in millionths."""
        return self._ppm(*HOOKED, "autograd")

    def describe(self) -> str:
        """Return the report as a few lines of text."""
        lines = [f"{self.total:,} parameters, {self.covered_ppm / 10_000:.2f} % in the features"]
        lines += [
            f"  {kind:<12}{number:>14,}"
            for kind, number in sorted(self.parameters_by_kind.items(), key=lambda item: -item[1])
        ]
        pace = "whole batches" if self.batched else "one sample at a time"
        reasons = f" ({'; '.join(self.one_at_a_time_because)})" if not self.batched else ""
        lines.append(f"  differentiated in {pace}{reasons}")
        if self.run_again:
            lines.append(f"  autograd: {', '.join(self.run_again)}")
        return "\n".join(lines)

    def _ppm(self, *kinds: str) -> int:
        return sum(self.parameters_by_kind.get(kind, 0) for kind in kinds) * PPM // self.total


def coverage_of(plan: Plan) -> Coverage:
    """Count the parameters of a plan by kind."""
    counts: Counter[str] = Counter()
    for name, kind in plan.kinds.items():
        counts[kind] += prod(plan.shapes[name])
    return Coverage(
        dict(counts), plan.batched, plan.one_at_a_time_because, tuple(map(_told, plan.replays))
    )


def _told(replay: Replay) -> str:
    pace = "for all samples at once" if replay.at_once else "for one sample after the other"
    return f"{replay.module or 'the model'} is run again {pace}"
