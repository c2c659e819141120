"""User-centric: a subscriber's money goes to what that subscriber used."""

import numpy as np

from royalty.apportionment.arrays import BoolArray, IntArray, offsets, sum_at
from royalty.apportionment.largest_remainder import split, split_groups
from royalty.apportionment.models.base import PieceRevenue
from royalty.apportionment.rules import Rules
from royalty.apportionment.snapshot import Snapshot
from royalty.apportionment.steps import Step, split_step


class UserCentric:
    """r_g = Σ_u pool_u · n_{u,g} / n_u, with pool_u = pool · F_u / Σ F.

    Two exact splits: the pool over subscribers by fee, then each part over the pieces used by
    count. A subscriber who paid and used nothing follows `rules.idle_subscribers`: "pool" splits
    over active subscribers only, "platform" leaves that part idle. If nobody who paid used
    anything the whole pool is idle.

    Source: Centre national de la musique, 2021 (user-centric payment system); S. Alaei et al.,
    *Revenue-Sharing Allocation Strategies for Two-Sided Media Platforms*, 2022.
    """

    name = "user_centric"

    def piece_revenue(self, snapshot: Snapshot, pool_atoms: int, rules: Rules) -> PieceRevenue:
        """See AllocationModel."""
        indptr = _pairs_by_subscriber(snapshot)
        active = np.diff(indptr) > 0
        weights = _fee_weights(snapshot, active, rules)
        if not weights.any():
            return PieceRevenue(np.zeros(len(snapshot.generation_ids), np.int64), pool_atoms)
        by_subscriber = split(pool_atoms, weights)  # (S,)
        idle_atoms = int(by_subscriber[~active].sum())
        by_subscriber[~active] = 0
        by_pair = split_groups(by_subscriber, snapshot.usage_count, indptr)  # (n_pairs,)
        atoms = sum_at(snapshot.usage_generation, by_pair, len(snapshot.generation_ids))
        return PieceRevenue(atoms, idle_atoms)

    def explain_piece(
        self, snapshot: Snapshot, pool_atoms: int, rules: Rules, generation: int
    ) -> tuple[Step, ...]:
        """See AllocationModel: pool → subscriber by fee → piece by uses, for each who used it."""
        indptr = _pairs_by_subscriber(snapshot)
        weights = _fee_weights(snapshot, np.diff(indptr) > 0, rules)
        if not weights.any():
            return ()
        parts, total = split(pool_atoms, weights), int(weights.sum())
        target = snapshot.generation_ids[generation]
        steps: list[Step] = []
        for pair in np.flatnonzero(snapshot.usage_generation == generation):
            user = int(snapshot.usage_subscriber[pair])
            part, fee = int(parts[user]), int(weights[user])
            if part == 0:
                continue  # a use that nobody paid for leads nowhere
            steps.append(Step("subscriber", f"#{user}", pool_atoms, fee, total, part))
            counts = snapshot.usage_count[indptr[user] : indptr[user + 1]]
            steps.append(split_step("piece", target, part, counts, int(pair - indptr[user])))
        return tuple(steps)


def _pairs_by_subscriber(snapshot: Snapshot) -> IntArray:
    """CSR offsets of the usage pairs, which a snapshot keeps in order of subscriber.  (S + 1,)"""
    size = len(snapshot.subscriber_fee_atoms)
    return offsets(np.bincount(snapshot.usage_subscriber, minlength=size).astype(np.int64))


def _fee_weights(snapshot: Snapshot, active: BoolArray, rules: Rules) -> IntArray:
    fees = snapshot.subscriber_fee_atoms
    paid_use = active & (fees > 0)
    if not paid_use.any():
        return np.zeros_like(fees)
    return np.where(active, fees, 0) if rules.idle_subscribers == "pool" else fees
