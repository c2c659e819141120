"""How far a delivery is from those before it. Pure: numbers in, numbers and sentences out.

Sources: robust z, Iglewicz and Hoaglin (1993), "How to Detect and Handle Outliers"; the population
stability index as in credit scoring, Siddiqi (2006), where more than 0.25 is taken for a change.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

MAD_TO_SIGMA = 0.6745  # the median absolute deviation of a normal variable, in its sigmas
FAR_Z = 3.5  # Iglewicz and Hoaglin's bound
SHIFTED_PSI = 0.25
_LEAST_PART = 1e-4  # what a category that is absent counts as, so that its logarithm exists


def robust_z(value: float, before: Sequence[float], *, least_spread: float = 0.0) -> float:
    """How many robust sigmas a value is from the median of those before.

    Args:
        least_spread: what the spread is at least, in the values' unit: of deliveries that were all
            alike, one that differs by a row is no surprise.
    """
    middle = median(before)
    spread = median(abs(each - middle) for each in before) / MAD_TO_SIGMA
    spread = max(spread, least_spread)
    if spread == 0:
        return 0.0 if value == middle else math.copysign(math.inf, value - middle)
    return (value - middle) / spread


def psi(now: Mapping[str, int], before: Mapping[str, int]) -> float:
    """The population stability index of two counts by category; 0 where either is empty."""
    n_now, n_before = sum(now.values()), sum(before.values())
    if not n_now or not n_before:
        return 0.0
    total = 0.0
    for name in now.keys() | before.keys():
        p = max(now.get(name, 0) / n_now, _LEAST_PART)
        q = max(before.get(name, 0) / n_before, _LEAST_PART)
        total += (p - q) * math.log(p / q)
    return total


@dataclass(frozen=True)
class SchemaChange:
    """Columns that came and went; a pair is one that goes by another name, as far as is known."""

    added: tuple[str, ...]
    gone: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]


def schema_change(now: Sequence[str], before: Sequence[str]) -> SchemaChange:
    """What happened to a file's columns: one that went where one came was renamed."""
    at = dict(enumerate(now))
    gone = [name for name in before if name not in now]
    added = [name for name in now if name not in before]
    is_same_width = len(now) == len(before)
    renamed = [
        (name, at[place])
        for place, name in enumerate(before)
        if is_same_width and name in gone and at[place] in added
    ]
    (old, new) = ({pair[0] for pair in renamed}, {pair[1] for pair in renamed})
    return SchemaChange(
        tuple(name for name in added if name not in new),
        tuple(name for name in gone if name not in old),
        tuple(renamed),
    )
