"""Parameters of a model: which a contract must state, between which bounds.

Whole numbers only, so that they can be hashed with the snapshot and mean the same for ever. The
contract stores them, the snapshot carries them, and the model that takes them says what is wrong.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Parameter:
    """A whole number that a contract states for its model; both bounds are allowed.

    `customary` is what the published rule uses; comparisons take it where nobody says otherwise.
    """

    name: str  # with its unit, as alpha_ppm
    meaning: str
    low: int
    high: int
    customary: int


def parameter_faults(
    model: str, wanted: tuple[Parameter, ...], given: Mapping[str, object]
) -> list[str]:
    """One sentence for each fault of the parameters given to a model; none if they are right."""
    known = {parameter.name for parameter in wanted}
    takes = ", ".join(sorted(known)) or "none"
    faults = [
        f"{model} takes no parameter {name!r}; it takes {takes}."
        for name in sorted(given.keys() - known)
    ]
    for parameter in wanted:
        if parameter.name not in given:
            faults.append(f"{model} needs {parameter.name}: {parameter.meaning}.")
            continue
        value = given[parameter.name]
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole or not parameter.low <= value <= parameter.high:  # type: ignore[operator]
            faults.append(
                f"{parameter.name} is {value!r}; it must be a whole number from"
                f" {parameter.low:,} to {parameter.high:,}: {parameter.meaning}."
            )
    return faults
