"""ScaledUserProp: a use is worth the same for all, but nobody directs more than the own fee.

User-centric sharing lets one use by a quiet subscriber weigh as much as a thousand by a busy one;
pro-rata lets a busy account direct the money of others, which is what stream farms live on.
ScaledUserProp lies between: each use is worth γ, until a subscriber's uses have spent that
subscriber's fee.

    carried_u = min(F_u, γ · n_u),   γ such that Σ_u carried_u = pool
    r_g = Σ_u carried_u · n_{u,g} / n_u

With all fees normalised to 1 this is the published rule; for unequal fees it is our extension (a
use keeps one price, the cap is the own fee), and its proofs against fakes and bribes are claimed
for equal fees only.

γ without a float or a sort. Start with nobody capped: γ = pool / N. That is at most the true γ, so
whoever is capped by it is capped indeed; take those out with their fees and repeat on the rest
until nobody is added. γ only rises, every round is exact (F_u is whole, so F_u ≤ γ·n_u just if
F_u ≤ floor(γ·n_u)), and it is Newton's method on a concave, piecewise linear function, which takes
few rounds. Rejected: sorting by F_u / n_u, which needs 128-bit fractions to order exactly.

When there is no γ. The commission usually leaves a pool below the fees, but many idle subscribers
can leave it above what active ones can carry. Then every active subscriber carries the whole fee,
and what is left over follows the contract's rule for idle subscribers: shared over the active ones
by fee ("pool", and then no proof holds), or idle ("platform").

Source: A. Ghosh, T. Y. Neoh, N. Teh, G. Tyrovolas, *Fraud-Proof Revenue Division on Subscription
Platforms*, ICML 2025 (arXiv:2511.04465).
"""

from collections.abc import Mapping

import numpy as np

from royalty.apportionment.arrays import BoolArray, IntArray, group_sums
from royalty.apportionment.largest_remainder import split
from royalty.apportionment.models.axioms import ALWAYS, Axiom
from royalty.apportionment.models.base import (
    AllocationModel,
    PieceRevenue,
    pairs_by_subscriber,
    revenue_by_subscriber,
)
from royalty.apportionment.rules import Rules
from royalty.apportionment.snapshot import Snapshot
from royalty.apportionment.steps import Step, split_step, sum_step
from royalty.apportionment.wide import multiply_divide


class ScaledUserProp(AllocationModel):
    """r_g = Σ_u min(F_u, γ·n_u) · n_{u,g} / n_u; see the module's docstring."""

    name = "scaled_user_prop"
    axioms = ALWAYS | {
        Axiom.NO_USE_NO_PAY,
        Axiom.MORE_USE,
        Axiom.PIECE_SPLIT,
        Axiom.EQUAL_IS_PRO_RATA,
        Axiom.NO_PROFIT_FROM_FAKES,
        Axiom.NO_PROFIT_FROM_BRIBES,
    }

    def sentence(self, parameters: Mapping[str, int]) -> str:
        """See AllocationModel."""
        return (
            "Every use counts the same until a subscriber's uses have spent what that subscriber "
            "paid."
        )

    def piece_revenue(self, snapshot: Snapshot, pool_atoms: int, rules: Rules) -> PieceRevenue:
        """See AllocationModel."""
        carried = _Carried(snapshot, pool_atoms, rules)
        indptr = pairs_by_subscriber(snapshot)
        atoms = revenue_by_subscriber(snapshot, carried.atoms, snapshot.usage_count, indptr)
        return PieceRevenue(atoms, pool_atoms - int(carried.atoms.sum()))

    def explain_piece(
        self, snapshot: Snapshot, pool_atoms: int, rules: Rules, generation: int
    ) -> tuple[Step, ...]:
        """See AllocationModel: what a subscriber carries, then → piece by uses, for each user."""
        carried, indptr = _Carried(snapshot, pool_atoms, rules), pairs_by_subscriber(snapshot)
        target, steps = snapshot.generation_ids[generation], list[Step]()
        for pair in np.flatnonzero(snapshot.usage_generation == generation):
            user = int(snapshot.usage_subscriber[pair])
            to_subscriber = carried.step(user)
            if to_subscriber.to_atoms == 0:
                continue
            counts = snapshot.usage_count[indptr[user] : indptr[user + 1]]
            at = int(pair - indptr[user])
            steps.append(to_subscriber)
            steps.append(split_step("piece", target, to_subscriber.to_atoms, counts, at, "uses"))
        return tuple(steps)


class _Carried:
    """What each subscriber carries of the pool.  (S,)"""

    def __init__(self, snapshot: Snapshot, pool_atoms: int, rules: Rules) -> None:
        self._pool_atoms = pool_atoms
        self._uses = group_sums(snapshot.usage_count, pairs_by_subscriber(snapshot))
        self._fees = np.where(self._uses > 0, snapshot.subscriber_fee_atoms, 0)
        self._sign = -1 if pool_atoms < 0 else 1
        self._by_fee = False  # the pool is above what γ can raise, and is shared by fee
        self._rest_atoms, self._capped = self._cap()
        if self._rest_atoms and self._capped.all():
            self._by_fee = rules.idle_subscribers == "pool" and bool(self._fees.any())
        self.atoms = self._atoms()

    def _cap(self) -> tuple[int, BoolArray]:
        """(what is left for those below their cap, who is at the cap)."""
        rest, capped = abs(self._pool_atoms), self._fees == 0
        while not capped.all():
            uses = np.where(capped, 0, self._uses)
            reached = ~capped & (self._fees <= _floor_shares(rest, uses))
            if not reached.any():
                break
            rest -= int(self._fees[reached].sum())
            capped = capped | reached
        return rest, capped

    def _atoms(self) -> IntArray:
        if self._by_fee:
            return split(self._pool_atoms, self._fees)
        atoms = np.where(self._capped, self._fees, 0)
        if not self._capped.all():
            atoms += split(self._rest_atoms, self._open_uses())
        return self._sign * atoms

    def _open_uses(self) -> IntArray:
        """Uses of those below their cap: at γ each.  (S,)"""
        return np.where(self._capped, 0, self._uses)

    def step(self, user: int) -> Step:
        """How the subscriber came to carry that part: by fee, the whole fee, or by uses."""
        target, atoms = f"#{user}", int(self.atoms[user])
        if self._by_fee:
            return split_step("subscriber", target, self._pool_atoms, self._fees, user, "fees")
        if self._capped[user]:
            return sum_step("subscriber", target, atoms)
        rest = self._sign * self._rest_atoms
        return split_step("subscriber", target, rest, self._open_uses(), user, "uses")


def _floor_shares(amount: int, weights: IntArray) -> IntArray:
    """floor(amount · w / Σ w), elementwise; Σ w > 0.  (S,) → (S,)"""
    total = int(weights.sum())
    whole, rest = divmod(amount, total)
    size = len(weights)
    part, _ = multiply_divide(
        np.full(size, rest, np.int64), weights, np.full(size, total, np.int64)
    )
    return whole * weights + part
