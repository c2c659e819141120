"""From atoms to the units that people are paid and charged in.

The only place of the core where atoms become minor units. Splits belong to `largest_remainder`.
"""

import numpy as np

from royalty.apportionment.arrays import IntArray, as_ints
from royalty.apportionment.largest_remainder import SplitError
from royalty.apportionment.snapshot import WHOLE_PPM


def to_minor_units(
    atoms_by_party: IntArray, atoms_per_minor: int, total_minor: int | None = None
) -> IntArray:
    """One-period rounding at the payee: largest remainder in minor units.  (P,) → (P,)

    Every party gets the whole minor units it holds, and the units left to reach `total_minor` go
    to the largest remainders, ties to the lowest index. Without `total_minor` the total is what
    the atoms hold in whole units, so that no more is paid than there is. Over several periods
    accounts keep atoms and only a payout rounds; this is for a single settlement.

    Raises SplitError if amounts have mixed signs (apportion the cumulative amounts and difference
    them instead), or if `total_minor` cannot be reached by giving each party at most one unit.
    """
    atoms = as_ints(atoms_by_party)
    if (atoms < 0).any():
        if (atoms > 0).any():
            raise SplitError("Amounts of both signs: round the cumulative amounts, then subtract.")
        total = None if total_minor is None else -total_minor
        return -to_minor_units(-atoms, atoms_per_minor, total)
    minor = atoms // atoms_per_minor
    remainder = atoms - minor * atoms_per_minor
    if total_minor is None:
        total_minor = int(atoms.sum()) // atoms_per_minor
    left = total_minor - int(minor.sum())
    if not 0 <= left <= len(atoms):
        raise SplitError(
            f"{total_minor} minor units cannot be reached: {len(atoms)} parties hold"
            f" {int(minor.sum())} whole units and can take at most one more each."
        )
    minor[np.argsort(-remainder, kind="stable")[:left]] += 1
    return minor


def commission_atoms(gross_atoms: int, commission_ppm: int, unit_atoms: int) -> int:
    """The platform's commission, rounded half-up to the contract's unit.

    gross · ppm / 1e6, to a multiple of `unit_atoms` (a cent, say), halves away from 0, so that a
    refund mirrors its charge; never more than the gross itself. Raises ValueError for a rate
    outside 0 .. 1e6 ppm or a unit below one atom.
    """
    if not 0 <= commission_ppm <= WHOLE_PPM:
        raise ValueError(
            f"The commission is {commission_ppm} ppm; it must lie in 0 .. {WHOLE_PPM}."
        )
    if unit_atoms < 1:
        raise ValueError(f"The rounding unit is {unit_atoms} atoms; it must be at least 1.")
    magnitude = abs(gross_atoms)
    divisor = WHOLE_PPM * unit_atoms
    rounded = (2 * magnitude * commission_ppm + divisor) // (2 * divisor) * unit_atoms
    commission = min(rounded, magnitude)
    return commission if gross_atoms >= 0 else -commission
