"""Which pieces and segments are verified: drawn by lot, in a way that both sides can check.

Each day has a secret. Its hash is published before the day begins, the secret itself after the
day's pieces were drawn. Nobody who sends features can know whether they will be drawn, because the
root that they commit to is sent while the secret is secret; and we cannot pick whom to look at,
because the secret was fixed before the features existed. With the revealed secret and its own
files, a platform draws again and compares.

    commitment(secret)  = SHA-256("tantieme lot 1\\0" ‖ secret)
    lot(piece)          = first 8 bytes of HMAC-SHA-256(secret, "piece\\0" ‖ root ‖ id), big-endian
    lot(segment)        = first 8 bytes of HMAC-SHA-256(secret, "segment\\0" ‖ root ‖ id ‖ number)

A piece is drawn if lot · 10⁶ < rate · 2⁶⁴; of its segments the least lots are. `root` is that of
its features as 32 bytes, `id` the piece's UUID as 16, `number` 4 bytes, little-endian. The id is in
it so that sending one file for many pieces does not draw them all or none.

Pure arithmetic: knows neither who is drawn nor what for.
"""

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

WHOLE_PPM = 1_000_000
SECRET_BYTES = 32
_LOTS = 1 << 64
_SEED = b"tantieme lot 1\x00"


@dataclass(frozen=True)
class Ticket:
    """What takes part in a draw: a piece's id, and the root that its features commit to."""

    piece: UUID
    root: str

    @property
    def named(self) -> bytes:
        return bytes.fromhex(self.root) + self.piece.bytes


def new_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def commitment_to(secret: bytes) -> str:
    """What is published of a secret beforehand, in hex."""
    return sha256(_SEED + secret).hexdigest()


def is_drawn(secret: bytes, ticket: Ticket, rate_ppm: int) -> bool:
    """Whether a piece is drawn where `rate_ppm` of a million are."""
    return _lot(secret, b"piece\x00" + ticket.named) * WHOLE_PPM < rate_ppm * _LOTS


def least(secret: bytes, tickets: Iterable[Ticket]) -> Ticket:
    """The piece that is drawn where none was. Raises ValueError where there is no ticket."""
    return min(tickets, key=lambda each: (_lot(secret, b"piece\x00" + each.named), each.piece))


def segments_drawn(secret: bytes, ticket: Ticket, count: int, most: int) -> list[int]:
    """Which of a drawn piece's `count` segments are verified, ascending; all where few."""

    def lot(number: int) -> int:
        return _lot(secret, b"segment\x00" + ticket.named + number.to_bytes(4, "little"))

    return sorted(sorted(range(count), key=lot)[:most])


def chance_unseen(fraction: float, checked: int) -> float:
    """The chance that a fraction of false ones shows in none of `checked` that were drawn.

    (1 − f)ⁿ: each was drawn without regard to whether it is false.
    """
    if not 0 <= fraction <= 1 or checked < 0:
        raise ValueError(f"{fraction} of {checked} is no fraction of a number of draws.")
    return float((1 - fraction) ** checked)


def _lot(secret: bytes, named: bytes) -> int:
    return int.from_bytes(hmac.digest(secret, named, "sha256")[:8], "big")
