"""Training fee: what a platform pays for having trained, whatever it generates afterwards."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from royalty.apportionment.arrays import IntArray, offsets
from royalty.apportionment.largest_remainder import split, split_groups
from royalty.apportionment.models.axioms import ALWAYS, Axiom
from royalty.apportionment.models.base import AllocationModel, PieceRevenue, Revenue
from royalty.apportionment.rules import Rules
from royalty.apportionment.snapshot import Snapshot, SnapshotError
from royalty.apportionment.steps import Step, split_step


class TrainingFee(AllocationModel):
    """A pool over the tracks of the training set; no piece is behind the money.

    All of it is idle if the snapshot marks no track as trained on.
    """

    revenue: ClassVar[Revenue] = "training"
    needs_subscribers: ClassVar[bool] = False
    axioms = ALWAYS | {Axiom.ADDITIVITY, Axiom.INTENSITY, Axiom.MORE_USE}
    fact: ClassVar[str]  # the optional array of the snapshot that this one needs

    @abstractmethod
    def steps_to(self, snapshot: Snapshot, pool_atoms: int, track: int) -> tuple[Step, ...]:
        """The splits from the pool to a track that was trained on."""

    @abstractmethod
    def track_atoms(self, snapshot: Snapshot, pool_atoms: int) -> IntArray:
        """What each track earns, given that one was trained on.  (T,)"""

    def piece_revenue(self, snapshot: Snapshot, pool_atoms: int, rules: Rules) -> PieceRevenue:
        """See AllocationModel. Raises SnapshotError if the snapshot lacks what this one needs."""
        nothing = np.zeros(len(snapshot.generation_ids), np.int64)
        if not self._is_shared(snapshot):
            return PieceRevenue(nothing, pool_atoms)
        return PieceRevenue(nothing, 0, track_atoms=self.track_atoms(snapshot, pool_atoms))

    def explain_piece(
        self, snapshot: Snapshot, pool_atoms: int, rules: Rules, generation: int
    ) -> tuple[Step, ...]:
        """See AllocationModel: no piece earns anything."""
        return ()

    def explain_track(
        self, snapshot: Snapshot, pool_atoms: int, track: int
    ) -> tuple[Step, ...] | None:
        """See AllocationModel."""
        if not self._is_shared(snapshot) or not snapshot.training_track[track]:
            return ()
        return self.steps_to(snapshot, pool_atoms, track)

    def _is_shared(self, snapshot: Snapshot) -> bool:
        if len(snapshot.track_ids) and not len(getattr(snapshot, self.fact)):
            raise SnapshotError(
                f"The snapshot lacks {self.fact}, by which {self.name} shares; it was taken for "
                "another model."
            )
        return bool(snapshot.training_track.any())


class TrainingFeePerWork(TrainingFee):
    """R_t = pool / W / (tracks of t's work): every work the same, its tracks alike.

    W counts the works with a track in the training set, and of a work only tracks in the set.

    Source: STIM, which distributes what is paid for training "equally among all works included in
    the license" (stim.se, questions about its AI licence, 2025).
    """

    name = "training_fee_per_work"
    fact = "track_work"

    def sentence(self, parameters: Mapping[str, int]) -> str:
        """See AllocationModel."""
        return "Every work that the model was trained on earns the same."

    def track_atoms(self, snapshot: Snapshot, pool_atoms: int) -> IntArray:
        """See TrainingFee."""
        works, position = _works(snapshot)
        tracks = np.flatnonzero(snapshot.training_track)
        in_order = np.argsort(position, kind="stable")
        by_work = split(pool_atoms, np.ones_like(works))
        parts = split_groups(by_work, np.ones_like(tracks), offsets(np.bincount(position)))
        atoms = np.zeros(len(snapshot.track_ids), np.int64)
        atoms[tracks[in_order]] = parts
        return atoms

    def steps_to(self, snapshot: Snapshot, pool_atoms: int, track: int) -> tuple[Step, ...]:
        """See TrainingFee: pool → work → track."""
        works, position = _works(snapshot)
        tracks = np.flatnonzero(snapshot.training_track)
        work = int(position[np.searchsorted(tracks, track)])
        own = tracks[position == work]
        to_work = split_step("work", "", pool_atoms, np.ones_like(works), work, "works")
        at = int(np.searchsorted(own, track))
        ref, ones = snapshot.track_ids[track], np.ones_like(own)
        return (to_work, split_step("track", ref, to_work.to_atoms, ones, at, "tracks"))


class TrainingFeeBySeconds(TrainingFee):
    """R_t = pool · s_t / Σ s over the training set, s_t the length of the track, in milliseconds.

    Distributors' training programmes share by how much music was contributed, seconds being the
    measure that does not reward cutting a track in two.
    """

    name = "training_fee_by_seconds"
    fact = "track_milliseconds"

    def sentence(self, parameters: Mapping[str, int]) -> str:
        """See AllocationModel."""
        return "Tracks that the model was trained on earn by their length."

    def track_atoms(self, snapshot: Snapshot, pool_atoms: int) -> IntArray:
        """See TrainingFee. Raises SnapshotError if all tracks of the set last nothing."""
        return split(pool_atoms, _lengths(snapshot))

    def steps_to(self, snapshot: Snapshot, pool_atoms: int, track: int) -> tuple[Step, ...]:
        """See TrainingFee: pool → track."""
        ref, lengths = snapshot.track_ids[track], _lengths(snapshot)
        return (split_step("track", ref, pool_atoms, lengths, track, "milliseconds"),)


def _works(snapshot: Snapshot) -> tuple[IntArray, IntArray]:
    """Works of the training set, and for each of its tracks the position of its work."""
    found, position = np.unique(snapshot.track_work[snapshot.training_track], return_inverse=True)
    return found, position.astype(np.int64)


def _lengths(snapshot: Snapshot) -> IntArray:
    """Milliseconds of the tracks in the training set, 0 of the others.  (T,)"""
    lengths = np.where(snapshot.training_track, snapshot.track_milliseconds, 0)
    if not lengths.any():
        raise SnapshotError("All tracks of the training set last 0 seconds; nothing to share by.")
    return lengths
