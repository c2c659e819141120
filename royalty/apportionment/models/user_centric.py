"""User-centric: a subscriber's money goes to what that subscriber used."""

from collections.abc import Mapping

import numpy as np

from royalty.apportionment.arrays import IntArray
from royalty.apportionment.largest_remainder import split
from royalty.apportionment.models.axioms import ALWAYS, Axiom
from royalty.apportionment.models.base import (
    AllocationModel,
    PieceRevenue,
    fee_weights,
    pairs_by_subscriber,
    revenue_by_subscriber,
)
from royalty.apportionment.rules import Rules
from royalty.apportionment.snapshot import Snapshot
from royalty.apportionment.steps import Step, Weighed, split_step


class UserCentric(AllocationModel):
    """r_g = Σ_u pool_u · n_{u,g} / n_u, with pool_u = pool · F_u / Σ F.

    Two exact splits: the pool over subscribers by fee, then each part over the pieces used by
    count. A subscriber who paid and used nothing follows `rules.idle_subscribers`: "pool" splits
    over active subscribers only, "platform" leaves that part idle. If nobody who paid used
    anything the whole pool is idle.

    Source: Centre national de la musique, 2021 (user-centric payment system); S. Alaei et al.,
    *Revenue-Sharing Allocation Strategies for Two-Sided Media Platforms*, 2022.
    """

    name = "user_centric"
    axioms = ALWAYS | {
        Axiom.ADDITIVITY,
        Axiom.NO_USE_NO_PAY,
        Axiom.MORE_USE,
        Axiom.PIECE_SPLIT,
        Axiom.INTENSITY,
        Axiom.EQUAL_IS_PRO_RATA,
        Axiom.NO_PROFIT_FROM_FAKES,
        Axiom.NO_PROFIT_FROM_BRIBES,
    }
    weighed: Weighed = "uses"

    def sentence(self, parameters: Mapping[str, int]) -> str:
        """See AllocationModel."""
        return "What a subscriber paid goes to the pieces which that subscriber used."

    def pair_weights(self, snapshot: Snapshot) -> IntArray:
        """By which a subscriber's money is split over the pieces used.  (n_pairs,)"""
        return snapshot.usage_count

    def piece_revenue(self, snapshot: Snapshot, pool_atoms: int, rules: Rules) -> PieceRevenue:
        """See AllocationModel."""
        indptr = pairs_by_subscriber(snapshot)
        active = np.diff(indptr) > 0
        fees = fee_weights(snapshot, active, rules)
        if not fees.any():
            return PieceRevenue(np.zeros(len(snapshot.generation_ids), np.int64), pool_atoms)
        by_subscriber = split(pool_atoms, fees)  # (S,)
        idle_atoms = int(by_subscriber[~active].sum())
        by_subscriber[~active] = 0
        weights = self.pair_weights(snapshot)
        atoms = revenue_by_subscriber(snapshot, by_subscriber, weights, indptr)
        return PieceRevenue(atoms, idle_atoms)

    def explain_piece(
        self, snapshot: Snapshot, pool_atoms: int, rules: Rules, generation: int
    ) -> tuple[Step, ...]:
        """See AllocationModel: pool → subscriber by fee → piece, for each who used it."""
        indptr = pairs_by_subscriber(snapshot)
        fees = fee_weights(snapshot, np.diff(indptr) > 0, rules)
        if not fees.any():
            return ()
        parts, total = split(pool_atoms, fees), int(fees.sum())
        target, weights = snapshot.generation_ids[generation], self.pair_weights(snapshot)
        steps: list[Step] = []
        for pair in np.flatnonzero(snapshot.usage_generation == generation):
            user = int(snapshot.usage_subscriber[pair])
            part, fee = int(parts[user]), int(fees[user])
            if part == 0:
                continue  # a use that nobody paid for leads nowhere
            steps.append(Step("subscriber", f"#{user}", pool_atoms, fee, total, part, "fees"))
            own, at = weights[indptr[user] : indptr[user + 1]], int(pair - indptr[user])
            steps.append(split_step("piece", target, part, own, at, self.weighed))
        return tuple(steps)
