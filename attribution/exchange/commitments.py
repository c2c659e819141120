"""Commitments to the segments of a piece: what was computed from what, fixed before anybody asks.

A segment's content stays in the platform's house. What leaves it is `commitment`, the hash of a
secret salt and the content: nobody can guess a melody and compare. Each segment is a leaf of a
Merkle tree (RFC 6962), which binds its number, length, commitment and rows; the root stands for
the piece. An `Opening` reveals one segment, content and salt, and nothing of the others.

Owns the bytes that are hashed, and nothing of files or of what rows mean.
"""

import hmac
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from common.merkle import Tree, leaf_hash

SECRET_BYTES = 32
SALT_BYTES = 32
_LEAF_OF = b"tantieme features 1\x00"
_SALT_OF = b"tantieme salt 1\x00"
_NUMBER = struct.Struct("<I")


@dataclass(frozen=True)
class Opening:
    """What reveals one segment: its number, its content, and the salt that hid it."""

    number: int
    content: bytes
    salt: bytes


def salt_of(secret: bytes, store: str, number: int, content: bytes) -> bytes:
    """The salt of a segment: HMAC-SHA-256 under the house's secret, so it need not be kept.

    The same content under the same store has the same salt, so features made again are the same.
    """
    facts = _SALT_OF + bytes.fromhex(store) + _NUMBER.pack(number) + sha256(content).digest()
    return hmac.digest(secret, facts, "sha256")


def commitment(salt: bytes, content: bytes) -> bytes:
    """SHA-256(salt ‖ SHA-256(content)), (32 bytes)."""
    return sha256(salt + sha256(content).digest()).digest()


def opens(committed: bytes, opening: Opening) -> bool:
    """Whether an opening reveals what was committed to."""
    if len(opening.salt) != SALT_BYTES:
        return False
    return hmac.compare_digest(commitment(opening.salt, opening.content), committed)


def leaf_of(number: int, length: int, committed: bytes, rows: bytes) -> bytes:
    """The hash of the leaf of one segment.

    `rows` are its rows under every member in the store's order, float32 little-endian, one after
    the other.
    """
    head = _LEAF_OF + _NUMBER.pack(number) + _NUMBER.pack(length) + committed
    return leaf_hash(head + rows)


def root_of(leaves: Iterable[bytes]) -> str:
    """The hex root over the leaves of all segments, by number."""
    return Tree(leaves).root.hex()
