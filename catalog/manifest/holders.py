"""The parties that a row names: lists of names, ids and shares of the same length, role by role."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from catalog import identifiers
from catalog.manifest import cells
from catalog.manifest.cells import CellError
from catalog.manifest.columns import PARTY_IDS, ROLES
from catalog.manifest.faults import quote

MOST_HOLDERS = 100  # of one role in one row
LONGEST_NAME = 300
MOST_REMEMBERED = 16_384  # ways in which one role's cells were filled: catalogues repeat themselves

T = TypeVar("T")
Refuse = Callable[[str, str], None]  # (column, message)


@dataclass(frozen=True)
class Holder:
    """A party that a row names, with its role; `share_ppm` is None for a credit without a share."""

    role: str
    name: str
    wikidata: str = ""
    share_ppm: int | None = None
    ipi: str = ""
    isni: str = ""
    ddex: str = ""

    @property
    def right(self) -> str:
        return ROLES[self.role]

    @property
    def identity(self) -> tuple[str, str, str, str, str]:
        """What tells the party: its name as it is written, and its ids."""
        return self.name, self.wikidata, self.ipi, self.isni, self.ddex


def identifier(parse: Callable[[str], str]) -> Callable[[str], str]:
    """A reader of cells that hold an identifier; an empty cell says nothing."""

    def read(cell: str) -> str:
        try:
            return parse(cell) if cell else ""
        except identifiers.IdentifierError as error:
            raise CellError(str(error)) from error

    return read


_READ_ID: dict[str, Callable[[str], str]] = {
    "wikidata": cells.wikidata,
    "ipi": identifier(identifiers.ipi_name),
    "isni": identifier(identifiers.isni),
    "ddex": identifier(identifiers.ddex_party_id),
}


_COLUMNS = {
    role: (role, *(f"{role}_{suffix}" for suffix in ("share_pct", *PARTY_IDS))) for role in ROLES
}


def read_holders(row_cells: Mapping[str, str], refuse: Refuse) -> tuple[Holder, ...]:
    """All parties of a row; whatever is wrong with them is refused, and they are left out."""
    found: list[Holder] = []
    for role, columns in _COLUMNS.items():
        if row_cells.get(role) or row_cells.get(columns[1]):
            holders, faults = _of_cells(role, tuple([row_cells.get(each, "") for each in columns]))
            found += holders
            for column, message in faults:
                refuse(column, message)
    return tuple(found)


@lru_cache(maxsize=MOST_REMEMBERED)
def _of_cells(
    role: str, said: tuple[str, ...]
) -> tuple[tuple[Holder, ...], tuple[tuple[str, str], ...]]:
    """The parties of a role by its columns' cells, and what is wrong with these."""
    faults: list[tuple[str, str]] = []
    holders = _of_role(
        role,
        dict(zip(_COLUMNS[role], said, strict=True)),
        lambda column, message: faults.append((column, message)),
    )
    return tuple(holders), tuple(faults)


def _of_role(role: str, row_cells: Mapping[str, str], refuse: Refuse) -> list[Holder]:
    names = _parts(row_cells.get(role, ""))
    if len(names) > MOST_HOLDERS:
        refuse(role, f"The cell has {len(names)} names; at most {MOST_HOLDERS} fit.")
        return []
    lists: dict[str, list[str]] = {}
    for suffix in ("share_pct", *PARTY_IDS):
        field = f"{role}_{suffix}"
        lists[suffix] = _parts(row_cells.get(field, "")) or [""] * len(names)
        if len(lists[suffix]) != len(names):
            refuse(field, _count_mismatch(role, len(names), field, len(lists[suffix])))
            return []
    said = [
        {suffix: values[at] for suffix, values in lists.items() if values[at]}
        for at in range(len(names))
    ]
    found = (_holder(role, *each, refuse) for each in zip(names, said, strict=True))
    return [holder for holder in found if holder is not None]


def _holder(role: str, name: str, said: dict[str, str], refuse: Refuse) -> Holder | None:
    """One party; None if its name, its share or one of its ids is at fault."""

    def parse(field: str, read: Callable[[str], T], cell: str) -> T | None:
        try:
            return read(cell)
        except CellError as error:
            refuse(field, str(error))
            return None

    if not name:
        refuse(role, "A name between the semicolons is empty; write it or remove it.")
        return None
    share = said.pop("share_pct", "")
    checked = parse(role, lambda cell: cells.text(cell, LONGEST_NAME), name)
    share_ppm = parse(f"{role}_share_pct", cells.percent_ppm, share) if share else None
    read = {kind: parse(f"{role}_{kind}", _READ_ID[kind], cell) for kind, cell in said.items()}
    ids = {kind: value for kind, value in read.items() if value is not None}
    if checked is None or len(ids) < len(said) or (share and share_ppm is None):
        return None
    return Holder(role, checked, share_ppm=share_ppm, **ids)


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";")] if cell else []


def _count_mismatch(role: str, n_names: int, field: str, n_values: int) -> str:
    return (
        f"{role} has {n_names} and {field} has {n_values} entries; "
        f"write one for each name, separated by {quote(' ; ')}."
    )
