"""One step of an explanation: which part of what went where, and what rounding did to it."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from royalty.apportionment.arrays import IntArray
from royalty.apportionment.largest_remainder import split

Stage = Literal[
    "part",
    "subscriber",
    "piece",
    "gathered",
    "unattributed",
    "guarantee",
    "work",
    "track",
    "right",
    "holder",
    "platform",
    "held",
]
# What the weights of a step count: "boosted uses" in ppb, so that shares of uses are whole;
# "undisputed ppm" where owners claim more than the whole.
Weighed = Literal[
    "all",
    "fees",
    "uses",
    "boosted uses",
    "pieces",
    "works",
    "tracks",
    "milliseconds",
    "earnings",
    "ppm",
    "undisputed ppm",
    "ppb",
]


@dataclass(frozen=True)
class Step:
    """`to_atoms` is the part of `from_atoms` that `weight` of `weight_total` earned.

    stage names what the part went to, target which one (an id, or "" where there is no id);
    weighed says what the weights count, "all" where the whole went on.
    """

    stage: Stage
    target: str
    from_atoms: int
    weight: int
    weight_total: int
    to_atoms: int
    weighed: Weighed

    @property
    def exact_atoms(self) -> Fraction:
        """The share before rounding."""
        return Fraction(self.from_atoms * self.weight, self.weight_total)

    @property
    def rounding_atoms(self) -> Fraction:
        """What the largest-remainder rule added (or took): always less than one atom."""
        return self.to_atoms - self.exact_atoms


def split_step(
    stage: Stage, target: str, amount: int, weights: IntArray, index: int, weighed: Weighed
) -> Step:
    """The step that gave `weights[index]` its part of `amount`, by the very split that pays."""
    return Step(
        stage=stage,
        target=target,
        from_atoms=amount,
        weight=int(weights[index]),
        weight_total=int(weights.sum()),
        to_atoms=int(split(amount, weights)[index]),
        weighed=weighed,
    )


def sum_step(stage: Stage, target: str, atoms: int) -> Step:
    """A step that only gathers: the whole goes on."""
    return Step(stage, target, atoms, 1, 1, atoms, "all")
