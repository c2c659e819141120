"""The lines of a run: who earned what through which music, and why.

Parallel arrays of positions in the snapshot's ids; `allocation` makes them.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from royalty.apportionment.arrays import IntArray, sum_at
from royalty.apportionment.ownership import NONE


class LineKind(IntEnum):
    """Why a line's money went where it did; stored, so numbers never change meaning."""

    ATTRIBUTED = 1  # attribution and ownership known
    FALLBACK_EQUAL = 2  # unattributed, split equally over the training set
    HELD_UNATTRIBUTED = 3  # unattributed, held by contract
    HELD_UNCLAIMED = 4  # the track is known, its owner is not
    TO_PLATFORM = 5  # unattributed (or, without a generation, unused) and returned by contract
    HELD_NO_USE = 6  # nobody used anything that the pool could follow
    TRAINING_FEE = 7  # paid for training, whatever was generated
    HELD_DISPUTED = 8  # the track's owners claim more than the whole
    GUARANTEE = 9  # what the pool lacked to the contract's guarantee
    HELD_UNVERIFIED = 10  # what the piece owes to whom was told by the payer alone


@dataclass(frozen=True, eq=False)
class Lines:
    """Parallel arrays (n_lines,): positions in the snapshot's ids, -1 where there is none.

    right is the position among the rights that are paid, -1 where there is no track.
    """

    generation: IntArray
    track: IntArray
    right: IntArray
    party: IntArray
    kind: IntArray
    atoms: IntArray


class Place(NamedTuple):
    """Which line of a run: positions as in Lines, and whether it is of the guarantee."""

    generation: int
    track: int
    party: int
    of_guarantee: bool = False
    right: int = 0


@dataclass(frozen=True, eq=False)
class Allocation(Lines):
    """The lines of a run with what led to them. Lines of 0 atoms are left out."""

    pool_atoms: int
    idle_atoms: int
    without_piece_atoms: int  # what the model gave to tracks, whatever was generated
    piece_revenue_atoms: IntArray  # (G,)
    guarantee_atoms: int  # what comes on top of the pool
    guarantee_lines: int  # how many lines, at the end, are of it
    n_parties: int
    n_rights: int

    def place(self, row: int) -> Place:
        """The line of a row, by which it can be explained."""
        return Place(
            generation=int(self.generation[row]),
            track=int(self.track[row]),
            party=int(self.party[row]),
            of_guarantee=row >= len(self.atoms) - self.guarantee_lines,
            right=int(self.right[row]),
        )

    def by_party(self) -> IntArray:
        """What each party earned in atoms; held and returned money is nobody's.  (P,)"""
        owned = self.party != NONE
        return sum_at(self.party[owned], self.atoms[owned], self.n_parties)

    def by_kind(self) -> dict[LineKind, int]:
        """Atoms of each kind of line, every kind present; sums to the pool and the guarantee."""
        totals = sum_at(self.kind, self.atoms, max(LineKind) + 1)
        return {kind: int(totals[kind]) for kind in LineKind}
