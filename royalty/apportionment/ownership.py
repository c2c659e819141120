"""Who gets which part of a track: the shares that count, what is contested, what is unclaimed.

Claims to a track may sum to anything. Up to the whole, each owner has what it claims and the rest
is nobody's. Above the whole only the contested part is held: whatever the others claim, an owner
has what they leave, max(0, 1 − Σ others' claims), and what then remains is held until they agree.
60 % and 50 % of 10.00 are 5.00, 4.00 and 1.00 held. The system never decides between claims; so do
collecting societies, which notify both sides and hold the disputed part.

Splits nothing itself: the weights go to `largest_remainder`.
"""

from dataclasses import dataclass

import numpy as np

from royalty.apportionment.arrays import BoolArray, IntArray, group_sums, row_groups, with_rest
from royalty.apportionment.snapshot import WHOLE_PPM, Snapshot

NONE = -1


@dataclass(frozen=True, eq=False)
class Holders:
    """CSR over tracks: who gets which part, in ppm, and nobody (-1) what is left, as the last.

    Every row sums to the whole. What is left of a contested track is disputed, of others unclaimed.
    """

    indptr: IntArray  # (T + 1,)
    party: IntArray  # (n,) ascending inside a track, -1 last
    ppm: IntArray  # (n,)
    contested: BoolArray  # (T,)


def contested_tracks(snapshot: Snapshot) -> BoolArray:
    """Tracks of which the owners claim more than the whole.  (T,)"""
    return group_sums(snapshot.owner_ppm, snapshot.owner_indptr) > WHOLE_PPM


def undisputed_ppm(snapshot: Snapshot) -> IntArray:
    """What each owner has whatever the others claim; the claim itself unless it is contested.

    max(0, 1,000,000 − Σ of the others' claims) in contested tracks.  (n_owners,)
    """
    claimed = group_sums(snapshot.owner_ppm, snapshot.owner_indptr)
    if not (claimed > WHOLE_PPM).any():
        return snapshot.owner_ppm
    others = claimed[row_groups(snapshot.owner_indptr)] - snapshot.owner_ppm
    left: IntArray = np.maximum(0, WHOLE_PPM - others)
    return np.minimum(snapshot.owner_ppm, left)


def holders(snapshot: Snapshot) -> Holders:
    """Each track's owners with what counts of their shares, and what is left."""
    ppm = undisputed_ppm(snapshot)
    indptr, party, weights = with_rest(
        snapshot.owner_indptr, snapshot.owner_party, ppm, whole=WHOLE_PPM, rest_column=NONE
    )
    return Holders(indptr, party, weights, contested_tracks(snapshot))
