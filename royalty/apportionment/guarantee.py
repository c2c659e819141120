"""A guaranteed pool: what a platform owes on top when a period earned less, and for which tracks.

`max(guarantee, earned)`: the shortfall goes to tracks in proportion to what the period brought
them, whoever owns them and whether or not they are known, so that a claim that is settled later
takes nothing from others. Where no track earned anything, every track of the training set gets the
same. Decides nothing about owners: `allocation` splits a track's part as it splits everything.
"""

import numpy as np

from royalty.apportionment.arrays import IntArray, sum_at
from royalty.apportionment.largest_remainder import split
from royalty.apportionment.rules import Rules
from royalty.apportionment.snapshot import Snapshot, SnapshotError
from royalty.apportionment.steps import Step, Weighed, split_step, sum_step


def shortfall_atoms(pool_atoms: int, rules: Rules) -> int:
    """What is missing from the pool to what the contract guarantees; 0 without a guarantee."""
    return max(0, rules.guarantee_atoms - pool_atoms) if rules.guarantee_atoms else 0


def guaranteed_to_tracks(snapshot: Snapshot, by_track: IntArray, atoms: int) -> IntArray:
    """The shortfall over tracks, by what each brought its owners.  (T,) → (T,)

    Raises SnapshotError if there is a shortfall and no track that it could go to.
    """
    return split(atoms, _weights(snapshot, by_track, atoms))


def explain_guarantee(
    snapshot: Snapshot, by_track: IntArray, atoms: int, track: int
) -> tuple[Step, ...]:
    """The steps from the shortfall to one track."""
    weights = _weights(snapshot, by_track, atoms)
    weighed: Weighed = "earnings" if by_track.any() else "tracks"
    to_track = split_step("track", snapshot.track_ids[track], atoms, weights, track, weighed)
    return (sum_step("guarantee", "", atoms), to_track)


def earned_by_track(snapshot: Snapshot, track: IntArray, atoms: IntArray) -> IntArray:
    """What lines brought each track, whoever has it now; size alone counts.  (T,)"""
    of_tracks = track >= 0
    sums: IntArray = np.abs(sum_at(track[of_tracks], atoms[of_tracks], len(snapshot.track_ids)))
    return sums


def _weights(snapshot: Snapshot, by_track: IntArray, atoms: int) -> IntArray:
    if by_track.any():
        return by_track
    if atoms and not snapshot.training_track.any():
        raise SnapshotError(
            f"{atoms} atoms are owed to reach the contract's guarantee, but no track earned "
            "anything and none is marked as trained on; freeze the model's training set."
        )
    return snapshot.training_track.astype(np.int64)
