"""Who gets which part of a track: the shares that count, what is contested, what is unclaimed.

Claims to a right in a track may sum to anything. Up to the whole, each owner has what it claims and
the rest is nobody's. Above the whole only the contested part is held: whatever the others claim, an
owner has what they leave, max(0, 1 − Σ others' claims), and what then remains is held until they
agree. 60 % and 50 % of 10.00 are 5.00, 4.00 and 1.00 held. The system never decides between claims;
so do collecting societies, which notify both sides and hold the disputed part.

Where a contract splits a track's money between composition and recording, each right is split over
its own owners, and what nobody claims of one right is held for that right alone.
"""

from dataclasses import dataclass

import numpy as np

from royalty.apportionment.arrays import (
    BoolArray,
    IntArray,
    group_sums,
    offsets,
    row_groups,
    with_rest,
)
from royalty.apportionment.largest_remainder import split_groups
from royalty.apportionment.snapshot import WHOLE_PPM, Snapshot

NONE = -1


@dataclass(frozen=True, eq=False)
class Holders:
    """CSR over the rights of tracks: who gets which part, in ppm, and nobody (-1) the rest, last.

    Every row sums to the whole. The rest of a contested row is disputed, of others unclaimed.
    """

    indptr: IntArray  # (T · R + 1,)
    party: IntArray  # (n,) ascending inside a row, -1 last
    ppm: IntArray  # (n,)
    contested: BoolArray  # (T · R,)


def contested_rows(snapshot: Snapshot) -> BoolArray:
    """Which rights of which tracks are claimed by more than one whole.  (T · R,)"""
    return group_sums(snapshot.owner_ppm, snapshot.owner_indptr) > WHOLE_PPM


def by_right(
    snapshot: Snapshot, generation: IntArray, track: IntArray, atoms: IntArray
) -> tuple[IntArray, IntArray, IntArray]:
    """Entries of tracks split between the rights: (generation, row of owners, atoms), each (n,).

    The position after the last track stands for what no track has; it goes on whole, to the row
    after the last.
    """
    n_rights, n_tracks = snapshot.right_count, len(snapshot.track_ids)
    if n_rights == 1:
        return generation, track, atoms
    known = track < n_tracks
    indptr = offsets(np.where(known, n_rights, 1))
    entry = row_groups(indptr)
    right = np.arange(len(entry)) - indptr[entry]
    weights = np.where(known[entry], snapshot.right_ppm[right], WHOLE_PPM)
    return generation[entry], track[entry] * n_rights + right, split_groups(atoms, weights, indptr)


def undisputed_ppm(snapshot: Snapshot) -> IntArray:
    """What each owner has whatever the others claim; the claim itself unless it is contested.

    max(0, 1,000,000 − Σ of the others' claims) in contested rows.  (n_owners,)
    """
    claimed = group_sums(snapshot.owner_ppm, snapshot.owner_indptr)
    if not (claimed > WHOLE_PPM).any():
        return snapshot.owner_ppm
    others = claimed[row_groups(snapshot.owner_indptr)] - snapshot.owner_ppm
    left: IntArray = np.maximum(0, WHOLE_PPM - others)
    return np.minimum(snapshot.owner_ppm, left)


def holders(snapshot: Snapshot) -> Holders:
    """The owners of each right in each track with what counts of their shares, and the rest."""
    ppm = undisputed_ppm(snapshot)
    indptr, party, weights = with_rest(
        snapshot.owner_indptr, snapshot.owner_party, ppm, whole=WHOLE_PPM, rest_column=NONE
    )
    return Holders(indptr, party, weights, contested_rows(snapshot))
