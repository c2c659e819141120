"""Identifiers that sort by the time they were made, so that indexes grow at one end."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A fresh UUID version 7 (RFC 9562)."""
    return uuid7()


def least_id_at(moment: datetime) -> UUID:
    """The id below which all ids were made before this moment, to the millisecond."""
    milliseconds = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    return UUID(int=max(0, milliseconds) << 80 | 0x7 << 76 | 0b10 << 62)
