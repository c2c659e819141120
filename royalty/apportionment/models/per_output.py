"""Per output: each generation, download or licence carries its own fee."""

from collections.abc import Mapping
from typing import ClassVar

from royalty.apportionment.models.axioms import ALWAYS, Axiom
from royalty.apportionment.models.base import (
    AllocationModel,
    PieceRevenue,
    Revenue,
    explain_by_weight,
    revenue_by_weight,
)
from royalty.apportionment.rules import Rules
from royalty.apportionment.snapshot import Snapshot
from royalty.apportionment.steps import Step


class PerOutput(AllocationModel):
    """r_g = pool · f_g / Σ f, f_g the gross fee paid for piece g; uses do not matter.

    With pool = (1 - c) · Σ f this is (1 - c) · f_g, kept exact although the commission was
    rounded once for the whole pool. Without any fee the whole pool is idle.
    """

    name = "per_output"
    revenue: ClassVar[Revenue] = "output"
    needs_subscribers: ClassVar[bool] = False
    axioms = ALWAYS | {Axiom.ADDITIVITY, Axiom.MORE_USE, Axiom.PIECE_SPLIT, Axiom.INTENSITY}

    def sentence(self, parameters: Mapping[str, int]) -> str:
        """See AllocationModel."""
        return "What was paid for a piece goes to that piece."

    def piece_revenue(self, snapshot: Snapshot, pool_atoms: int, rules: Rules) -> PieceRevenue:
        """See AllocationModel; `rules` play no part in fees."""
        return revenue_by_weight(pool_atoms, snapshot.generation_fee_atoms)

    def explain_piece(
        self, snapshot: Snapshot, pool_atoms: int, rules: Rules, generation: int
    ) -> tuple[Step, ...]:
        """See AllocationModel: pool → piece by fee."""
        fees = snapshot.generation_fee_atoms
        return explain_by_weight(snapshot, pool_atoms, fees, generation, "fees")
