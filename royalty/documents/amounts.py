"""How amounts and shares are written, by integer arithmetic alone.

The only place that turns atoms, ppb and ppm into digits for a document.
"""

from collections.abc import Iterable
from dataclasses import dataclass

_MINUS = "\N{MINUS SIGN}"
_SUB_MINOR_DECIMALS = 2


@dataclass(frozen=True)
class Scale:
    """A currency's code, the decimals of its minor unit, and the atoms in one minor unit."""

    currency: str
    minor_decimals: int
    atoms_per_minor: int

    def __post_init__(self) -> None:
        digits = len(str(self.atoms_per_minor)) - 1
        if self.atoms_per_minor != 10**digits or self.minor_decimals < 0:
            raise ValueError(f"{self.currency}: a minor unit must be a power of ten of atoms.")

    @property
    def atom_decimals(self) -> int:
        """Decimals needed to write one atom in major units."""
        return self.minor_decimals + len(str(self.atoms_per_minor)) - 1


def decimals_for(amounts_atoms: Iterable[int], scale: Scale) -> int:
    """Decimals for a column: those of the minor unit, two more if any amount goes below it."""
    below = any(atoms % scale.atoms_per_minor for atoms in amounts_atoms)
    return scale.minor_decimals + (_SUB_MINOR_DECIMALS if below else 0)


def format_amount(atoms: int, scale: Scale, decimals: int | None = None) -> str:
    """For people: "1,234.56", rounded half away from zero to `decimals` of the major unit.

    Default decimals are those of the minor unit. The minus is the typographic one. An amount too
    small to show is not shown as nothing, but as "< 0.01" (or "> −0.01").
    """
    shown = scale.minor_decimals if decimals is None else decimals
    unit = int(10 ** (scale.atom_decimals - shown))
    rounded = (2 * abs(atoms) + unit) // (2 * unit)
    whole, rest = divmod(rounded, int(10**shown))
    if atoms and not rounded:
        smallest = format_amount(unit, scale, shown)
        return f"< {smallest}" if atoms > 0 else f"> {_MINUS}{smallest}"
    sign = _MINUS if atoms < 0 else ""
    return f"{sign}{whole:,}" + (f".{rest:0{shown}d}" if shown else "")


def exact_amount(atoms: int, scale: Scale) -> str:
    """For machines: every atom, a plain point, no separators: "-1234.56000000"."""
    return _fixed(atoms, scale.atom_decimals)


def exact_share(parts: int, decimals: int) -> str:
    """A share of one, exact: 333333333 with 9 decimals (ppb) is "0.333333333"."""
    return _fixed(parts, decimals)


def percent(parts: int, whole: int, decimals: int = 1) -> str:
    """A share as a percentage, half up: percent(1, 3) is "33.3 %"; a trace shows as "< 0.1 %"."""
    unit = int(10**decimals)
    scaled = (200 * parts * unit + whole) // (2 * whole)
    if parts and not scaled:
        return f"< {_fixed(1, decimals)}\N{NO-BREAK SPACE}%"
    return f"{_fixed(scaled, decimals)}\N{NO-BREAK SPACE}%"


def _fixed(value: int, decimals: int) -> str:
    whole, rest = divmod(abs(value), int(10**decimals))
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}" + (f".{rest:0{decimals}d}" if decimals else "")
