"""What every allocation model fulfils, and the splits that several of them share."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from royalty.apportionment.arrays import BoolArray, IntArray, ascending_offsets, sum_at
from royalty.apportionment.largest_remainder import split, split_groups
from royalty.apportionment.models.axioms import Axiom
from royalty.apportionment.models.parameters import Parameter, parameter_faults
from royalty.apportionment.rules import Rules
from royalty.apportionment.snapshot import Snapshot, SnapshotError
from royalty.apportionment.steps import Step, Weighed, split_step

Revenue = Literal["subscription", "output", "training"]


@dataclass(frozen=True, eq=False)
class PieceRevenue:
    """What each generated piece earned; Σ atoms + idle_atoms + Σ track_atoms is the pool.

    track_atoms is what tracks earned without any piece. track_factor multiplies a track's shares
    in every piece, once more before they are split; the unattributed part keeps the factor 1.
    """

    atoms: IntArray  # (G,)
    idle_atoms: int  # money with no use to follow
    track_atoms: IntArray | None = None  # (T,)
    track_factor: IntArray | None = None  # (T,)


class AllocationModel(ABC):
    """Decides what each piece earned or, where no piece is behind the money, each track."""

    name: ClassVar[str]
    revenue: ClassVar[Revenue] = "subscription"  # the kind of money that it knows how to share
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    needs_subscribers: ClassVar[bool] = True  # whether it matters who used what
    axioms: ClassVar[frozenset[Axiom]]

    @abstractmethod
    def sentence(self, parameters: Mapping[str, int]) -> str:
        """How the money is shared, for people, with the contract's figures in it."""

    @abstractmethod
    def piece_revenue(self, snapshot: Snapshot, pool_atoms: int, rules: Rules) -> PieceRevenue:
        """Distribute the pool, to the atom."""

    @abstractmethod
    def explain_piece(
        self, snapshot: Snapshot, pool_atoms: int, rules: Rules, generation: int
    ) -> tuple[Step, ...]:
        """The splits that led to one piece's revenue; the "piece" steps sum to it."""

    def track_factor(self, snapshot: Snapshot) -> IntArray | None:
        """As in PieceRevenue; None where every track counts once.  (T,)"""
        return None

    def explain_track(
        self, snapshot: Snapshot, pool_atoms: int, track: int
    ) -> tuple[Step, ...] | None:
        """The splits that led to what a track earned without a piece; None in other models."""
        return None

    def faults(self, given: Mapping[str, object]) -> list[str]:
        """What is wrong with a contract's parameters, one sentence each."""
        return parameter_faults(self.name, self.parameters, given)

    def require_parameters(self, snapshot: Snapshot) -> None:
        """Raises SnapshotError if the snapshot's parameters are not those of this model."""
        faults = self.faults(dict(snapshot.parameters))
        if faults:
            raise SnapshotError(" ".join(faults))


def revenue_by_weight(pool_atoms: int, weights: IntArray) -> PieceRevenue:
    """The whole pool over pieces by weight; all of it is idle if no piece has any.  (G,)"""
    if not weights.any():
        return PieceRevenue(np.zeros_like(weights), pool_atoms)
    return PieceRevenue(split(pool_atoms, weights), 0)


def explain_by_weight(
    snapshot: Snapshot, pool_atoms: int, weights: IntArray, generation: int, weighed: Weighed
) -> tuple[Step, ...]:
    """The one step of `revenue_by_weight` for one piece; none if the pool was idle."""
    if not weights.any():
        return ()
    target = snapshot.generation_ids[generation]
    return (split_step("piece", target, pool_atoms, weights, generation, weighed),)


def pairs_by_subscriber(snapshot: Snapshot) -> IntArray:
    """CSR offsets of the usage pairs, which a snapshot keeps in order of subscriber.  (S + 1,)"""
    return ascending_offsets(snapshot.usage_subscriber, len(snapshot.subscriber_fee_atoms))


def fee_weights(snapshot: Snapshot, active: BoolArray, rules: Rules) -> IntArray:
    """By which fees the pool is split over subscribers; all 0 if nobody who paid used anything.

    A subscriber who used nothing has none under the rule "pool".  (S,), (S,) → (S,)
    """
    fees = snapshot.subscriber_fee_atoms
    paid_use = active & (fees > 0)
    if not paid_use.any():
        return np.zeros_like(fees)
    return np.where(active, fees, 0) if rules.idle_subscribers == "pool" else fees


def revenue_by_subscriber(
    snapshot: Snapshot, by_subscriber: IntArray, weights: IntArray, indptr: IntArray
) -> IntArray:
    """Each subscriber's atoms over the pieces used, by the weights of the pairs.

    (S,), (n_pairs,), (S + 1,) → (G,)
    """
    by_pair = split_groups(by_subscriber, weights, indptr)
    return sum_at(snapshot.usage_generation, by_pair, len(snapshot.generation_ids))
