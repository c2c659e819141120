"""The contract that every allocation model fulfils, and the split that two of them share."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from royalty.apportionment.arrays import IntArray
from royalty.apportionment.largest_remainder import split
from royalty.apportionment.rules import Rules
from royalty.apportionment.snapshot import Snapshot
from royalty.apportionment.steps import Step, split_step


@dataclass(frozen=True, eq=False)
class PieceRevenue:
    """What each generated piece earned; Σ atoms + idle_atoms is the pool."""

    atoms: IntArray  # (G,)
    idle_atoms: int  # money with no use to follow


class AllocationModel(Protocol):
    """Chooses r_g, the revenue of each generated piece."""

    name: str

    def piece_revenue(self, snapshot: Snapshot, pool_atoms: int, rules: Rules) -> PieceRevenue:
        """Distribute the pool over the pieces, to the atom."""
        ...

    def explain_piece(
        self, snapshot: Snapshot, pool_atoms: int, rules: Rules, generation: int
    ) -> tuple[Step, ...]:
        """The splits that led to one piece's revenue; the "piece" steps sum to it."""
        ...


def revenue_by_weight(pool_atoms: int, weights: IntArray) -> PieceRevenue:
    """The whole pool over pieces by weight; all of it is idle if no piece has any.  (G,)"""
    if not weights.any():
        return PieceRevenue(np.zeros_like(weights), pool_atoms)
    return PieceRevenue(split(pool_atoms, weights), 0)


def explain_by_weight(
    snapshot: Snapshot, pool_atoms: int, weights: IntArray, generation: int
) -> tuple[Step, ...]:
    """The one step of `revenue_by_weight` for one piece; none if the pool was idle."""
    if not weights.any():
        return ()
    target = snapshot.generation_ids[generation]
    return (split_step("piece", target, pool_atoms, weights, generation),)
