"""Parties of one role as cells: lists between semicolons, one entry for each name."""

from collections.abc import Mapping, Sequence

from catalog.formats.source import CellFault
from catalog.manifest.faults import quote

SEPARATOR = ";"


def cells_of_parties(role: str, parties: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """The cells of a role's columns.

    Args:
        role: the role, which is the column of the names.
        parties: for each, its particulars by the ending of their column: "" is the name.

    Raises:
        CellFault: a semicolon in a particular, which would make two of it.
    """
    endings = dict.fromkeys(ending for party in parties for ending in ("", *party))
    cells = {}
    for ending in endings:
        values = [party.get(ending, "") for party in parties]
        for value in values:
            if SEPARATOR in value:
                message = f"{quote(value)} holds a semicolon, which parts names; leave it out."
                raise CellFault(role + ending, message)
        if any(values):
            cells[role + ending] = SEPARATOR.join(values)
    return cells
