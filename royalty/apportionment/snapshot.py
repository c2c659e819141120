"""Everything that one apportionment run needs, frozen, checked and hashable.

A snapshot is taken once from the books; from then on a run reads nothing else, so the same
digest, model and pool give the same lines for ever. Ids are sorted and arrays hold positions in
them, which is what makes "ties go to the lower id" the same as "ties go to the lower index".

Facts come in canonical order: usage by (subscriber, generation), shares by track inside a
generation, ownership by party inside a track, each pair once. `triples` brings them there.
`snapshot_file` owns the file form.
"""

import hashlib
import json
from dataclasses import dataclass, field, fields
from itertools import pairwise
from typing import IO, ClassVar, Self

import numpy as np

from royalty.apportionment import snapshot_file
from royalty.apportionment.arrays import (
    INT64_MAX,
    BoolArray,
    IntArray,
    as_ints,
    group_sums,
    row_groups,
)

WHOLE_PPB = 1_000_000_000
WHOLE_PPM = 1_000_000

_ID_FIELDS = ("generation_ids", "track_ids", "party_ids")
RIGHTS = ("composition", "recording")  # the order in which a snapshot has them that has both
_TRACK_FACTS = ("track_work", "track_milliseconds")
_OPTIONAL_ARRAYS = (*_TRACK_FACTS, "right_ppm", "unverified_generation")
_MARKS = ("training_track", "unverified_generation")
_DIGEST_DOMAIN = b"tantieme apportionment snapshot 1\n"


def _no_ints() -> IntArray:
    return np.zeros(0, dtype=np.int64)


def _no_marks() -> BoolArray:
    return np.zeros(0, dtype=np.bool_)


class SnapshotError(ValueError):
    """A snapshot that no money may be apportioned from; the message says what is wrong where."""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The inputs of a run; G generations, T tracks, P parties, S subscribers, R rights.

    R is 2 where a contract splits each track's money between composition and recording, else 1:
    then only the contract knows which right it is. Owners stand by track, right after right.
    """

    generation_ids: tuple[str, ...]  # (G,) stable external ids, ascending
    track_ids: tuple[str, ...]  # (T,) ascending
    party_ids: tuple[str, ...]  # (P,) ascending
    training_track: BoolArray  # (T,) tracks that share the equal fallback
    subscriber_fee_atoms: IntArray  # (S,) gross fee of the period
    usage_subscriber: IntArray  # (n_pairs,) ascending
    usage_generation: IntArray  # (n_pairs,) ascending inside a subscriber
    usage_count: IntArray  # (n_pairs,) > 0
    generation_fee_atoms: IntArray  # (G,) gross per-output fees, 0 where none
    share_indptr: IntArray  # (G + 1,)
    share_track: IntArray  # (n_shares,) ascending inside a generation
    share_ppb: IntArray  # (n_shares,) row sum ≤ 1e9, the rest is unattributed
    owner_indptr: IntArray  # (T · R + 1,)
    owner_party: IntArray  # (n_owners,) ascending inside a right of a track
    owner_ppm: (
        IntArray  # (n_owners,) claims; row sum < 1e6: the rest is unclaimed, > 1e6: contested
    )
    parameters: tuple[tuple[str, int], ...] = ()  # of the contract's model, ascending by name
    track_work: IntArray = field(default_factory=_no_ints)  # (T,) number of its work, or empty
    track_milliseconds: IntArray = field(default_factory=_no_ints)  # (T,) length, or empty
    right_ppm: IntArray = field(default_factory=_no_ints)  # (R,) of a track's money; empty if R = 1
    # (G,) pieces without shares whose money is held until it is known whose it is; empty if none
    unverified_generation: BoolArray = field(default_factory=_no_marks)

    _is_checked: ClassVar[bool] = False

    def __post_init__(self) -> None:
        for name in _ID_FIELDS:
            object.__setattr__(self, name, tuple(getattr(self, name)))
        object.__setattr__(self, "parameters", tuple(sorted(map(tuple, self.parameters))))
        for name in self._array_names():
            value = getattr(self, name)
            array = np.asarray(value, np.bool_) if name in _MARKS else as_ints(value)
            array = array.copy() if array is value else array
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    @classmethod
    def _array_names(cls) -> tuple[str, ...]:
        others = (*_ID_FIELDS, "parameters")
        return tuple(each.name for each in fields(cls) if each.name not in others)

    @property
    def right_count(self) -> int:
        """R: how many rights each track's money is split between."""
        return len(self.right_ppm) or 1

    def is_unverified(self, generation: int) -> bool:
        """Whether all that the generation at a position earns is held."""
        marks = self.unverified_generation
        return bool(len(marks)) and bool(marks[generation])

    def arrays(self) -> dict[str, IntArray | BoolArray]:
        """The array fields by name, in the order of declaration; optional ones where they are."""
        return {
            name: getattr(self, name)
            for name in self._array_names()
            if name not in _OPTIONAL_ARRAYS or len(getattr(self, name))
        }

    def digest(self) -> str:
        """sha256 (hex) over ids, shapes and little-endian values: equal inputs, equal digest."""
        sha = hashlib.sha256(_DIGEST_DOMAIN)
        for name in _ID_FIELDS:
            sha.update(json.dumps([name, getattr(self, name)], ensure_ascii=True).encode())
        if self.parameters:
            sha.update(json.dumps(["parameters", self.parameters], ensure_ascii=True).encode())
        for name, array in self.arrays().items():
            little = array.astype(array.dtype.newbyteorder("<"), copy=False)
            sha.update(f"\n{name} {little.dtype.kind} {array.shape}\n".encode())
            sha.update(np.ascontiguousarray(little).data)
        return sha.hexdigest()

    def validate(self) -> None:
        """Raises SnapshotError, with one sentence, for the first fault found.

        Checked once: nothing in a snapshot can change afterwards.
        """
        if self._is_checked:
            return
        for name in _ID_FIELDS:
            _check_ids(name, getattr(self, name))
        n_generations, n_tracks = len(self.generation_ids), len(self.track_ids)
        _check_length("training_track", self.training_track, n_tracks)
        for name in _TRACK_FACTS:
            if len(getattr(self, name)):
                _check_length(name, getattr(self, name), n_tracks)
                _check_fees(name, getattr(self, name))
        _check_length("generation_fee_atoms", self.generation_fee_atoms, n_generations)
        _check_fees("subscriber_fee_atoms", self.subscriber_fee_atoms)
        _check_fees("generation_fee_atoms", self.generation_fee_atoms)
        self._validate_usage()
        _check_rights(self.right_ppm)
        _check_csr(
            "share",
            (self.share_indptr, self.share_track, self.share_ppb),
            (self.generation_ids, self.track_ids),
            WHOLE_PPB,
        )
        _check_rows_within("share", self.share_indptr, self.share_ppb, self.generation_ids)
        self._validate_unverified()
        _check_csr(
            "owner",
            (self.owner_indptr, self.owner_party, self.owner_ppm),
            (_rows_of_owners(self), self.party_ids),
            WHOLE_PPM,
        )
        object.__setattr__(self, "_is_checked", True)

    def _validate_unverified(self) -> None:
        if not len(self.unverified_generation):
            return
        _check_length("unverified_generation", self.unverified_generation, len(self.generation_ids))
        shared = self.unverified_generation & (np.diff(self.share_indptr) > 0)
        if shared.any():
            raise SnapshotError(
                f"{self.generation_ids[int(np.argmax(shared))]!r} is marked as unverified and has "
                "shares; leave them out until they are verified."
            )

    def _validate_usage(self) -> None:
        subscriber, generation = self.usage_subscriber, self.usage_generation
        _check_length("usage_generation", generation, len(subscriber))
        _check_length("usage_count", self.usage_count, len(subscriber))
        _check_positions("usage_subscriber", subscriber, len(self.subscriber_fee_atoms))
        _check_positions("usage_generation", generation, len(self.generation_ids))
        if (self.usage_count <= 0).any():
            row = int(np.argmax(self.usage_count <= 0))
            raise SnapshotError(
                f"Usage row {row} counts {self.usage_count[row]} uses; leave it out."
            )
        if float(self.usage_count.sum(dtype=np.float64)) >= float(INT64_MAX):
            raise SnapshotError("The uses sum beyond 2^63 - 1.")
        fault = _first_disorder(subscriber, generation)
        if fault is not None:
            raise SnapshotError(
                f"Usage row {fault} (subscriber {subscriber[fault]}, generation"
                f" {self.generation_ids[generation[fault]]}) does not come after the row before it:"
                " give each pair once, in ascending order."
            )

    def save(self, target: str | IO[bytes]) -> None:
        """Write an .npz without pickles; the same snapshot always gives the same bytes."""
        ids = {name: getattr(self, name) for name in _ID_FIELDS}
        snapshot_file.write(target, ids, self.arrays(), self.parameters, self.digest())

    @classmethod
    def load(cls, source: str | IO[bytes]) -> Self:
        """Read a saved snapshot.

        Raises SnapshotError if it is torn, altered or not a snapshot at all.
        """
        try:
            stored = snapshot_file.read(source, _ID_FIELDS, cls._array_names(), _OPTIONAL_ARRAYS)
            snapshot = cls(**stored.ids, **stored.arrays, parameters=stored.parameters)  # type: ignore[arg-type]
        except (snapshot_file.UnreadableSnapshotError, TypeError) as error:
            raise SnapshotError(f"The snapshot file cannot be read: {error}") from error
        if snapshot.digest() != stored.digest:
            raise SnapshotError("The snapshot file was altered: its digest does not match.")
        return snapshot


def _rows_of_owners(snapshot: Snapshot) -> tuple[str, ...]:
    """What each row of owners is of, for sentences.  (T · R,)"""
    if snapshot.right_count == 1:
        return snapshot.track_ids
    return tuple(f"{track}, {right}" for track in snapshot.track_ids for right in RIGHTS)


def _check_rights(right_ppm: IntArray) -> None:
    if not len(right_ppm):
        return
    _check_length("right_ppm", right_ppm, len(RIGHTS))
    if (right_ppm < 0).any() or int(right_ppm.sum()) != WHOLE_PPM:
        raise SnapshotError(
            f"right_ppm is {right_ppm.tolist()}; it must split {WHOLE_PPM} between "
            f"{' and '.join(RIGHTS)}."
        )


def _check_ids(name: str, ids: tuple[str, ...]) -> None:
    for index, (before, after) in enumerate(pairwise(ids), start=1):
        if before >= after:
            raise SnapshotError(
                f"{name}[{index}] is {after!r} after {before!r}; sort them, unique."
            )


def _check_length(name: str, array: IntArray | BoolArray, expected: int) -> None:
    if array.shape != (expected,):
        raise SnapshotError(f"{name} has shape {array.shape}; expected ({expected},).")


def _check_fees(name: str, fees: IntArray) -> None:
    if fees.ndim != 1 or (fees < 0).any():
        raise SnapshotError(f"{name} must be a flat array of amounts that are not negative.")
    if float(fees.sum(dtype=np.float64)) >= float(INT64_MAX):
        raise SnapshotError(f"{name} sums beyond 2^63 - 1.")


def _check_positions(name: str, positions: IntArray, size: int) -> None:
    _check_length(name, positions, positions.size)
    if positions.min(initial=0) < 0 or positions.max(initial=-1) >= size:
        row = int(np.argmax((positions < 0) | (positions >= size)))
        raise SnapshotError(f"{name}, row {row}, points outside the {size} that exist.")


def _first_disorder(major: IntArray, minor: IntArray) -> int | None:
    """The first row that does not lie strictly above the row before it."""
    wrong = major[1:] <= major[:-1]
    wrong &= (major[1:] < major[:-1]) | (minor[1:] <= minor[:-1])
    return int(np.argmax(wrong)) + 1 if wrong.any() else None


def _check_csr(
    name: str,
    table: tuple[IntArray, IntArray, IntArray],
    ids: tuple[tuple[str, ...], tuple[str, ...]],
    whole: int,
) -> None:
    (indptr, column, value), (row_ids, column_ids) = table, ids
    _check_length(f"{name}_indptr", indptr, len(row_ids) + 1)
    if indptr[0] != 0 or indptr[-1] != len(column) or (np.diff(indptr) < 0).any():
        raise SnapshotError(f"{name}_indptr must rise from 0 to {len(column)}, its rows.")
    _check_length(f"the values of {name}", value, len(column))
    _check_positions(f"{name} column", column, len(column_ids))
    row = row_groups(indptr)
    fault = _first_disorder(row, column)
    if fault is not None:
        raise SnapshotError(
            f"{name} of {row_ids[row[fault]]!r}: {column_ids[column[fault]]!r} comes twice or out"
            " of order; add equal ones up and sort them."
        )
    outside = (value < 0) | (value > whole)
    if outside.any():
        fault = int(np.argmax(outside))
        raise SnapshotError(f"{name} of {row_ids[row[fault]]!r} is {value[fault]} of {whole}.")


def _check_rows_within(
    name: str, indptr: IntArray, ppb: IntArray, row_ids: tuple[str, ...]
) -> None:
    totals = group_sums(ppb, indptr)
    over = totals > WHOLE_PPB
    if over.any():
        at = int(np.argmax(over))
        raise SnapshotError(f"{name} of {row_ids[at]!r} sums to {totals[at]}, above {WHOLE_PPB}.")
