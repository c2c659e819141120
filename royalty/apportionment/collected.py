"""Who gets what of the money that came in, while it does not suffice for what is owed.

Payees are paid with what the platform has paid. If that is less than all of them are owed, each
gets its part in proportion to what it is owed, in whole units by largest remainder, ties to the
lowest index; the rest stays owed. Nobody so gets more than it is owed, and the parts sum to what
there is. Owns this rule alone; knows no account and no bank.
"""

from collections.abc import Sequence

import numpy as np

from royalty.apportionment.largest_remainder import split


def share_collected(
    owed_atoms: Sequence[int], available_atoms: int, unit_atoms: int
) -> tuple[int, ...]:
    """What of each amount can be paid, in atoms of whole units.

    Args:
        owed_atoms: what each is owed; of a negative amount (a debt) nothing is paid.
        available_atoms: what was collected and not paid out; negative where money went back.

    Raises:
        SplitError: amounts that do not fit 63 bits.
    """
    units = [max(0, atoms) // unit_atoms for atoms in owed_atoms]
    pot = max(0, available_atoms) // unit_atoms
    if pot >= sum(units):
        return tuple(each * unit_atoms for each in units)
    parts = split(pot, np.array(units, dtype=np.int64)).tolist()
    return tuple(each * unit_atoms for each in parts)
