"""The report that says how each parameter's gradient is obtained, and what is left out."""

from collections import Counter
from dataclasses import dataclass
from math import prod

from attribution.engine.gradients.survey import HOOKED, Plan

PPM = 1_000_000


@dataclass(frozen=True)
class Coverage:
    """Numbers of parameters by the means that sees them.

    kinds: linear, embedding, norm (by hooks), autograd, and the left-out ones: frozen (the model's
    owner froze them), excluded (by the configuration), unused (the output does not depend on them).
    """

    parameters_by_kind: dict[str, int]
    batched: bool
    one_at_a_time_because: tuple[str, ...]

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
            f"  {kind:<10}{number:>14,}"
            for kind, number in sorted(self.parameters_by_kind.items(), key=lambda item: -item[1])
        ]
        pace = "whole batches" if self.batched else "one sample at a time"
        reasons = f" ({'; '.join(self.one_at_a_time_because)})" if not self.batched else ""
        return "\n".join([*lines, f"  differentiated in {pace}{reasons}"])

    def _ppm(self, *kinds: str) -> int:
        return sum(self.parameters_by_kind.get(kind, 0) for kind in kinds) * PPM // self.total


def coverage_of(plan: Plan) -> Coverage:
    """Count the parameters of a plan by kind."""
    counts: Counter[str] = Counter()
    for name, kind in plan.kinds.items():
        counts[kind] += prod(plan.shapes[name])
    return Coverage(dict(counts), plan.batched, plan.one_at_a_time_because)
