"""The Merkle tree of RFC 6962, section 2.1, over SHA-256, and proofs of a range of its leaves.

A leaf's hash is SHA-256(0x00 ‖ data), a node's SHA-256(0x01 ‖ left ‖ right), so that neither can be
taken for the other; n leaves split at the largest power of two below n. Level by level that means:
pair what there is, and hand an odd last one up as it is. Knows nothing of what a leaf says.
"""

from collections.abc import Iterable, Iterator
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()  # RFC 6962: the hash of no leaves


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf that holds `data`."""
    return sha256(b"\x00" + data).digest()


class Tree:
    """All hashes of a tree: 64 bytes a leaf, so that any proof takes only looking up."""

    def __init__(self, leaf_hashes: Iterable[bytes]) -> None:
        level = b"".join(leaf_hashes)
        self.leaf_count = len(level) // HASH_BYTES
        self._levels = [level]
        while len(level) > HASH_BYTES:
            level = _next_level(level)
            self._levels.append(level)

    @property
    def root(self) -> bytes:
        return self._levels[-1] or EMPTY_ROOT

    def leaf_hashes(self, start: int, end: int) -> list[bytes]:
        """The hashes of leaves `start` until before `end`."""
        return [self._hash(0, index) for index in range(start, end)]

    def range_proof(self, start: int, end: int) -> tuple[bytes, ...]:
        """The hashes that lead from leaves `start` until before `end` to the root.

        They are those of the largest subtrees without a leaf of the range, from left to right:
        at most two for each level. Raises ValueError for a range that is empty or outside.
        """
        if not 0 <= start < end <= self.leaf_count:
            raise ValueError(
                f"Leaves {start} until before {end} are no range of a tree with "
                f"{self.leaf_count} leaves."
            )
        return tuple(self._outside(start, end, 0, self.leaf_count))

    def _outside(self, start: int, end: int, low: int, high: int) -> Iterator[bytes]:
        """Hashes of the subtrees of leaves `low` until `high` that the range does not touch."""
        if high <= start or end <= low:
            level = (high - low - 1).bit_length()
            yield self._hash(level, low >> level)
        elif not (start <= low and high <= end):
            middle = low + _split(high - low)
            yield from self._outside(start, end, low, middle)
            yield from self._outside(start, end, middle, high)

    def _hash(self, level: int, index: int) -> bytes:
        return self._levels[level][index * HASH_BYTES : (index + 1) * HASH_BYTES]


def _split(leaf_count: int) -> int:
    """The largest power of two below the count (of at least two)."""
    return 1 << (leaf_count - 1).bit_length() - 1


def _next_level(level: bytes) -> bytes:
    pair = 2 * HASH_BYTES
    paired = len(level) // pair * pair
    nodes = [sha256(b"\x01" + level[at : at + pair]).digest() for at in range(0, paired, pair)]
    nodes.append(level[paired:])
    return b"".join(nodes)
