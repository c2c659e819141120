"""What can become of a row."""

from enum import StrEnum


class Outcome(StrEnum):
    """What became of a row, or would become of it."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"  # it is at fault
    HELD_BACK = "held back"  # it is fine, but another row is at fault
    QUARANTINED = "quarantined"  # it can be read, but somebody must look at it first
