"""The records of a CWR 2.1 or 2.2 file: which characters of a line are which field.

Positions count from 0 and are those of CISAC's *Functional specifications: Common Works
Registration*, versions 2.1 and 2.2, whose records agree in everything that is read here. Fields
that are not named are not read.
"""

from dataclasses import dataclass
from enum import StrEnum

SHARE_UNITS = 100  # of a share field: 05000 is 50.00 %


class Kind(StrEnum):
    """The records that are read."""

    FILE_HEADER = "HDR"
    GROUP_HEADER = "GRH"
    NEW_WORK = "NWR"
    REVISED_WORK = "REV"
    PUBLISHER = "SPU"
    OTHER_PUBLISHER = "OPU"
    PUBLISHER_TERRITORY = "SPT"
    WRITER = "SWR"
    OTHER_WRITER = "OWR"
    GROUP_TRAILER = "GRT"
    FILE_TRAILER = "TRL"


Fields = dict[str, tuple[int, int]]  # name → (first character, behind the last)
_WORK: Fields = {
    "title": (19, 79),
    "language": (79, 81),
    "work_id": (81, 95),
    "iswc": (95, 106),
}
_PUBLISHER: Fields = {
    "party": (21, 30),
    "name": (30, 75),
    "is_unknown": (75, 76),
    "type": (76, 78),
    "ipi": (87, 98),
    "share": (115, 120),  # of performing rights
}
_WRITER: Fields = {
    "party": (19, 28),
    "last_name": (28, 73),
    "first_name": (73, 103),
    "is_unknown": (103, 104),
    "type": (104, 106),
    "ipi": (115, 126),
    "share": (129, 134),  # of performing rights
}
_TERRITORY: Fields = {
    "party": (19, 28),
    "share": (34, 39),  # of what is collected for performing rights
    "sign": (49, 50),  # I included, E excluded
    "tis": (50, 54),
}
FIELDS: dict[Kind, Fields] = {
    Kind.FILE_HEADER: {},
    Kind.GROUP_HEADER: {"transaction": (3, 6), "version": (11, 16)},
    Kind.NEW_WORK: _WORK,
    Kind.REVISED_WORK: _WORK,
    Kind.PUBLISHER: _PUBLISHER,
    Kind.OTHER_PUBLISHER: _PUBLISHER,
    Kind.PUBLISHER_TERRITORY: _TERRITORY,
    Kind.WRITER: _WRITER,
    Kind.OTHER_WRITER: _WRITER,
    Kind.GROUP_TRAILER: {"transactions": (8, 16), "records": (16, 24)},
    Kind.FILE_TRAILER: {"groups": (3, 8), "transactions": (8, 16), "records": (16, 24)},
}
WORKS = frozenset({Kind.NEW_WORK, Kind.REVISED_WORK})
_FRAMES = frozenset({Kind.FILE_HEADER, Kind.GROUP_HEADER, Kind.GROUP_TRAILER, Kind.FILE_TRAILER})
_FIRST_OF_TRANSACTION = "00000000"


@dataclass(frozen=True)
class Record:
    """One line, split into its fields."""

    line: int
    kind: Kind
    fields: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.fields[name]


def record_of(number: int, line: str) -> Record | None:
    """The record on a line, or None where it is of a kind that is not read."""
    try:
        kind = Kind(line[:3])
    except ValueError:
        return None
    fields = {name: line[start:end].strip() for name, (start, end) in FIELDS[kind].items()}
    return Record(number, kind, fields)


def begins_transaction(line: str) -> bool:
    """Whether a line is the first of a transaction, of whatever kind: its record number is 0."""
    return line[11:19] == _FIRST_OF_TRANSACTION and line[:3] not in _FRAMES
