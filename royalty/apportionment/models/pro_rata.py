"""Pro-rata: every use in the period is worth the same."""

from collections.abc import Mapping

from royalty.apportionment.arrays import IntArray, sum_at
from royalty.apportionment.models.axioms import ALWAYS, Axiom
from royalty.apportionment.models.base import (
    AllocationModel,
    PieceRevenue,
    explain_by_weight,
    revenue_by_weight,
)
from royalty.apportionment.rules import Rules
from royalty.apportionment.snapshot import Snapshot
from royalty.apportionment.steps import Step


class ProRata(AllocationModel):
    """r_g = pool · n_g / N, n_g the uses of piece g by all subscribers, N = Σ n_g.

    Source: the "market share" model of music streaming, as set beside the user-centric one in
    Centre national de la musique, *Impact of online music streaming services adopting the UCPS*,
    2021. Without any use the whole pool is idle.
    """

    name = "pro_rata"
    needs_subscribers = False
    axioms = ALWAYS | {
        Axiom.ADDITIVITY,
        Axiom.NO_USE_NO_PAY,
        Axiom.MORE_USE,
        Axiom.PIECE_SPLIT,
        Axiom.EQUAL_IS_PRO_RATA,
    }

    def sentence(self, parameters: Mapping[str, int]) -> str:
        """See AllocationModel."""
        return "Every use of a piece in the period counts the same."

    def piece_revenue(self, snapshot: Snapshot, pool_atoms: int, rules: Rules) -> PieceRevenue:
        """See AllocationModel; `rules` play no part in how uses are counted."""
        return revenue_by_weight(pool_atoms, _uses(snapshot))

    def explain_piece(
        self, snapshot: Snapshot, pool_atoms: int, rules: Rules, generation: int
    ) -> tuple[Step, ...]:
        """See AllocationModel: pool → piece by uses."""
        return explain_by_weight(snapshot, pool_atoms, _uses(snapshot), generation, "uses")


def _uses(snapshot: Snapshot) -> IntArray:
    return sum_at(snapshot.usage_generation, snapshot.usage_count, len(snapshot.generation_ids))
