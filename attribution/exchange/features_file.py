"""The file of a piece's features: a safetensors file that is read without trusting a byte of it.

    rows         F32 (members, q, k)   one row a member and segment
    lengths      I32 (q,)              how long each segment is, in what the model counts
    commitments  U8  (q, 32)           to each segment's content
    __metadata__ {"tantieme": canonical JSON of `Identity`}

Owns the format and what is impossible in it; whether it belongs to a store is for those who have
one. Rows are mapped and looked at segment by segment, so memory does not grow with the file.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from attribution.exchange.commitments import leaf_of, root_of

FORMAT = 1
MOST_BYTES = 256 << 20
MOST_HEADER_BYTES = 64 << 10
MOST_SEGMENTS = 4096
MOST_MEMBERS = 64
COMMITMENT_BYTES = 32
# Squares of numbers up to here add up in float32 without overflow, whatever the row's length.
LARGEST_NUMBER = 1e15
_SHA256 = re.compile(r"[0-9a-f]{64}")
_KEY = "tantieme"
_DTYPES = {"rows": "F32", "lengths": "I32", "commitments": "U8"}

FloatArray = NDArray[np.float32]


class FeaturesRefused(Exception):
    """A file that cannot be taken as features; the message says what is wrong with it."""


@dataclass(frozen=True)
class Identity:
    """What rows were made by, and the root that commits to all of them."""

    store: str  # sha256 of the sealed store's manifest
    config: str  # sha256 of its config.json
    fingerprints: Mapping[str, str]  # of each member's featuriser, by the members' names
    engine: str  # version
    captured_at: str
    root: str = ""

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {"format": FORMAT, **asdict(self), "fingerprints": dict(self.fingerprints)}

    @classmethod
    def of(cls, text: str) -> Self:
        """Read what `document` wrote. Raises FeaturesRefused for anything else."""
        try:
            fields = json.loads(text)
            if fields.pop("format") != FORMAT:
                raise FeaturesRefused("Its format is another one; make it with this version.")
            found = cls(**fields)
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
            raise FeaturesRefused("Its identity cannot be read; make the file again.") from error
        found._require_sound()
        return found

    def _require_sound(self) -> None:
        prints = self.fingerprints
        if not isinstance(prints, dict) or not 1 <= len(prints) <= MOST_MEMBERS:
            raise FeaturesRefused(f"It must name 1 to {MOST_MEMBERS} members.")
        hashes = (self.store, self.config, self.root, *prints.values())
        if not all(isinstance(each, str) and _SHA256.fullmatch(each) for each in hashes):
            raise FeaturesRefused("Its identity names something that is no sha256.")
        if not all(isinstance(each, str) and len(each) <= 64 for each in self._words()):
            raise FeaturesRefused("Its identity has words that are too long.")

    def _words(self) -> tuple[str, ...]:
        return self.engine, self.captured_at


class FeaturesFile:
    """A piece's features, mapped from a file whose shape was found possible."""

    def __init__(self, path: Path, identity: Identity, rows: Any, lengths: Any, committed: Any):
        """Use `read_features`."""
        self.path = path
        self.identity = identity
        self.lengths: NDArray[np.int32] = lengths  # (q,)
        self.commitments: NDArray[np.uint8] = committed  # (q, 32)
        self._rows = rows  # a slice of the mapped file, (members, q, k)

    @property
    def members(self) -> tuple[str, ...]:
        """Ascending, as in a store."""
        return tuple(self.identity.fingerprints)

    @property
    def segment_count(self) -> int:
        return len(self.lengths)

    @property
    def dimension(self) -> int:
        """Numbers in a row."""
        return int(self._rows.get_shape()[2])

    def rows(self, member: str) -> FloatArray:
        """The rows of all segments under one member, (q, k)."""
        place = self.members.index(member)
        found: FloatArray = self._rows[place : place + 1][0]
        return found

    def segment(self, number: int) -> FloatArray:
        """The rows of one segment under every member, (members, k)."""
        found: FloatArray = self._rows[:, number : number + 1][:, 0]
        return found

    @cached_property
    def norms(self) -> NDArray[np.float64]:
        """The length of every row, (members, q). Raises FeaturesRefused for impossible numbers."""
        return np.stack([self._norms(number) for number in range(self.segment_count)], axis=1)

    def leaves(self) -> Iterator[bytes]:
        """The hash of each segment's leaf."""
        for number in range(self.segment_count):
            yield self.leaf(number)

    def leaf(self, number: int) -> bytes:
        """The hash of one segment's leaf."""
        rows = np.ascontiguousarray(self.segment(number), dtype="<f4").tobytes()
        committed = self.commitments[number].tobytes()
        return leaf_of(number, int(self.lengths[number]), committed, rows)

    def _norms(self, number: int) -> NDArray[np.float64]:
        rows = self.segment(number)
        if not np.isfinite(rows).all():
            raise FeaturesRefused(
                f"Segment {number} holds numbers that are not finite; compute its features again."
            )
        if np.abs(rows).max() > LARGEST_NUMBER:
            raise FeaturesRefused(f"Segment {number} holds a number beyond {LARGEST_NUMBER:g}.")
        norms: NDArray[np.float64] = np.linalg.norm(rows.astype(np.float64), axis=1)
        return norms


def write_features(
    rows: FloatArray,
    lengths: NDArray[np.int32],
    commitments: NDArray[np.uint8],
    identity: Identity,
) -> tuple[bytes, str]:
    """The content of a file of these features, and the root over them, which is computed here.

    Args:
        rows: (members, q, k), members in the order of the identity's fingerprints.
        lengths: (q,)
        commitments: (q, 32)
    """
    leaves = (
        leaf_of(
            number,
            int(lengths[number]),
            commitments[number].tobytes(),
            np.ascontiguousarray(rows[:, number], dtype="<f4").tobytes(),
        )
        for number in range(len(lengths))
    )
    whole = replace(identity, root=root_of(leaves))
    text = json.dumps(whole.document(), sort_keys=True, separators=(",", ":"))
    tensors: dict[str, NDArray[Any]] = {
        "rows": np.ascontiguousarray(rows, dtype=np.float32),
        "lengths": np.ascontiguousarray(lengths, dtype=np.int32),
        "commitments": np.ascontiguousarray(commitments, dtype=np.uint8),
    }
    return save(tensors, metadata={_KEY: text}), whole.root


def read_features(path: Path, *, check: bool = True) -> FeaturesFile:
    """Open a file of features.

    Args:
        check: read every row, and compute the root anew. Without it, for a file that was taken
            before and is known by its sha256.

    Raises:
        FeaturesRefused: it is none, is torn, holds impossible numbers, or its root is another.
    """
    _refuse_envelope(path)
    try:
        with safe_open(path, framework="np") as opened:
            found = _opened(path, opened)
    except (SafetensorError, KeyError, TypeError, ValueError, OSError) as error:
        raise FeaturesRefused(
            f"It is no whole safetensors file of rows, lengths and commitments: {error}"
        ) from error
    if check:
        assert found.norms.shape  # finite, every row
        if root_of(found.leaves()) != found.identity.root:
            raise FeaturesRefused(
                "Its rows do not hash to the root that it states: it was changed after it was "
                "made. Send the file as the engine wrote it."
            )
    return found


def _refuse_envelope(path: Path) -> None:
    """Bounds that hold before anything parses the file."""
    size_bytes = path.stat().st_size
    if not 8 < size_bytes <= MOST_BYTES:
        raise FeaturesRefused(
            f"It has {size_bytes:,} bytes; a file of features has more than 8 and at most "
            f"{MOST_BYTES:,}."
        )
    with path.open("rb") as file:
        header_bytes = int.from_bytes(file.read(8), "little")
    if header_bytes > MOST_HEADER_BYTES:
        raise FeaturesRefused("It is no safetensors file: its header would be too long.")


def _opened(path: Path, opened: Any) -> FeaturesFile:
    if set(opened.keys()) != set(_DTYPES):
        raise FeaturesRefused("It must hold rows, lengths and commitments, and nothing else.")
    parts = {name: opened.get_slice(name) for name in _DTYPES}
    for name, dtype in _DTYPES.items():
        if parts[name].get_dtype() != dtype:
            raise FeaturesRefused(f"{name} is {parts[name].get_dtype()}; it must be {dtype}.")
    identity = Identity.of((opened.metadata() or {}).get(_KEY, ""))
    _refuse_shapes({name: tuple(part.get_shape()) for name, part in parts.items()}, identity)
    lengths, committed = opened.get_tensor("lengths"), opened.get_tensor("commitments")
    if lengths.min() < 1:
        raise FeaturesRefused("A segment has a length of 1 or more.")
    return FeaturesFile(path, identity, parts["rows"], lengths, committed)


def _refuse_shapes(shapes: Mapping[str, tuple[int, ...]], identity: Identity) -> None:
    rows = shapes["rows"]
    if len(rows) != 3 or not all(rows):
        raise FeaturesRefused(f"rows has the shape {rows}; it must be (members, segments, k).")
    members, count, _ = rows
    if members != len(identity.fingerprints):
        raise FeaturesRefused(
            f"rows has {members} members and the identity names {len(identity.fingerprints)}."
        )
    if count > MOST_SEGMENTS:
        raise FeaturesRefused(f"It has {count:,} segments; a piece has at most {MOST_SEGMENTS:,}.")
    if shapes["lengths"] != (count,) or shapes["commitments"] != (count, COMMITMENT_BYTES):
        raise FeaturesRefused(
            f"lengths must be ({count},) and commitments ({count}, {COMMITMENT_BYTES})."
        )
