"""From a row's cells to a checked row, collecting every fault on the way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from catalog.manifest import cells
from catalog.manifest.cells import PPM_PER_PERCENT, CellError
from catalog.manifest.columns import REQUIRED_COLUMNS, ROLES
from catalog.manifest.faults import RowError, RowWarning, quote

# Shares whose beginning nobody states have held ever since.
ALWAYS = date(1900, 1, 1)
WHOLE_PPM = 100 * PPM_PER_PERCENT
MOST_HOLDERS = 100  # of one role in one row
LONGEST_FILE_NAME = 500
LONGEST_NAME = 300
LONGEST_BASIS = 300

T = TypeVar("T")


@dataclass(frozen=True)
class Holder:
    """A party that a row names, with its role and its part of the right that the role is in."""

    role: str
    name: str
    wikidata: str
    share_ppm: int

    @property
    def right(self) -> str:
        return ROLES[self.role]


@dataclass(frozen=True)
class ManifestRow:
    """One track as the manifest describes it; empty text where it says nothing."""

    number: int
    track_id: str
    file: str
    sha256: str
    title: str
    collection: str
    genre: str
    licence: str
    source_url: str
    holders: tuple[Holder, ...]
    shares_from: date | None
    consent_from: date | None
    consent_basis: str

    @property
    def first_shares_date(self) -> date:
        """Since when the shares of a new track hold."""
        return self.shares_from or self.consent_from or ALWAYS

    def holders_of(self, right: str) -> tuple[Holder, ...]:
        return tuple(holder for holder in self.holders if holder.right == right)


def parse_row(
    number: int, row_cells: Mapping[str, str]
) -> tuple[ManifestRow | None, list[RowError], list[RowWarning]]:
    """The row, or None if any cell is at fault; with all its errors and warnings."""
    reader = _RowReader(number, row_cells)
    row = ManifestRow(
        number=number,
        track_id=reader.read("track_id", cells.track_id, ""),
        file=reader.text("file", LONGEST_FILE_NAME),
        sha256=reader.read("sha256", cells.sha256, ""),
        title=reader.text("title", 500),
        collection=reader.text("collection", 500),
        genre=reader.text("genre", 100),
        licence=reader.text("licence", 100),
        source_url=reader.read("source_url", lambda cell: cells.web_address(cell, 500), ""),
        holders=tuple(holder for role in ROLES for holder in reader.holders(role)),
        shares_from=reader.day("shares_from"),
        consent_from=reader.day("consent_from"),
        consent_basis=reader.text("consent_basis", LONGEST_BASIS),
    )
    reader.check_together(row)
    return (None if reader.errors else row), reader.errors, reader.warnings


class _RowReader:
    """Reads the cells of one row and remembers what was wrong with them."""

    def __init__(self, number: int, row_cells: Mapping[str, str]) -> None:
        self._number = number
        self._cells = row_cells
        self.errors: list[RowError] = []
        self.warnings: list[RowWarning] = []

    def refuse(self, field: str, message: str) -> None:
        self.errors.append(RowError(self._number, field, message))

    def read(self, field: str, parse: Callable[[str], T], missing: T) -> T:
        """A cell's value; `missing` if it is empty or at fault."""
        cell = self._cells.get(field, "")
        if not cell:
            if field in REQUIRED_COLUMNS:
                self.refuse(field, f"The {field} is missing; every row needs one.")
            return missing
        try:
            return parse(cell)
        except CellError as error:
            self.refuse(field, str(error))
            return missing

    def text(self, field: str, longest: int) -> str:
        return self.read(field, lambda cell: cells.text(cell, longest), "")

    def day(self, field: str) -> date | None:
        nothing: date | None = None
        return self.read(field, cells.day, nothing)

    def holders(self, role: str) -> list[Holder]:
        """The parties in a role; their names, ids and shares are lists of the same length."""
        share_field, id_field = f"{role}_share_pct", f"{role}_wikidata"
        names, shares = self._list(role), self._list(share_field)
        ids = self._list(id_field) or [""] * len(names)
        if len(names) > MOST_HOLDERS:
            self.refuse(role, f"The cell has {len(names)} names; at most {MOST_HOLDERS} fit.")
            return []
        for field, values in ((share_field, shares), (id_field, ids)):
            if len(values) != len(names):
                self.refuse(field, _count_mismatch(role, len(names), field, len(values)))
                return []
        found = []
        for name, identifier, share in zip(names, ids, shares, strict=True):
            holder = self._holder(role, name, identifier, share)
            if holder is not None:
                found.append(holder)
        return found

    def _list(self, field: str) -> list[str]:
        cell = self._cells.get(field, "")
        return [part.strip() for part in cell.split(";")] if cell else []

    def _holder(self, role: str, name: str, identifier: str, share: str) -> Holder | None:
        faults_before = len(self.errors)
        if not name:
            self.refuse(role, "A name between the semicolons is empty; write it or remove it.")
        checked_name = self._parse(role, lambda: cells.text(name, LONGEST_NAME))
        checked_id = self._parse(f"{role}_wikidata", lambda: cells.wikidata(identifier))
        share_ppm = self._parse(f"{role}_share_pct", lambda: cells.percent_ppm(share))
        if checked_name is None or checked_id is None or share_ppm is None:
            return None
        if len(self.errors) > faults_before:
            return None
        return Holder(role, checked_name, checked_id, share_ppm)

    def _parse(self, field: str, parse: Callable[[], T]) -> T | None:
        try:
            return parse()
        except CellError as error:
            self.refuse(field, str(error))
            return None

    def check_together(self, row: ManifestRow) -> None:
        """Faults of cells that are fine one by one."""
        for right in ("composition", "recording"):
            self._check_sum(right, row.holders_of(right))
        if row.consent_from and not row.consent_basis:
            self.refuse("consent_basis", "There is a consent_from but no basis; say who agreed.")
        if row.consent_basis and not self._cells.get("consent_from"):
            self.refuse("consent_from", "There is a consent_basis but no day; write since when.")
        if not self.errors:
            self._warn(row)

    def _check_sum(self, right: str, holders: tuple[Holder, ...]) -> None:
        total_ppm = sum(holder.share_ppm for holder in holders)
        if total_ppm <= WHOLE_PPM:
            return
        parts = " + ".join(_percent(holder.share_ppm) for holder in holders)
        fields = dict.fromkeys(f"{holder.role}_share_pct" for holder in holders)
        self.refuse(
            ", ".join(fields),
            f"The shares of the {right} are {parts} = {_percent(total_ppm)} %, more than 100 %; "
            "lower them.",
        )

    def _warn(self, row: ManifestRow) -> None:
        if not row.holders:
            message = "Nobody has a share; what the track earns will be held as unclaimed."
            self.warnings.append(RowWarning(row.number, "", message))
        for right in ("composition", "recording"):
            total_ppm = sum(holder.share_ppm for holder in row.holders_of(right))
            if 0 < total_ppm < WHOLE_PPM:
                rest = _percent(WHOLE_PPM - total_ppm)
                message = f"{rest} % of the {right} is claimed by nobody and will be held."
                self.warnings.append(RowWarning(row.number, "", message))
        if row.consent_from is None:
            message = "Without a consent no model may be trained on this track."
            self.warnings.append(RowWarning(row.number, "consent_from", message))


def _count_mismatch(role: str, n_names: int, field: str, n_values: int) -> str:
    return (
        f"{role} has {n_names} and {field} has {n_values} entries; "
        f"write one for each name, separated by {quote(' ; ')}."
    )


def _percent(ppm: int) -> str:
    return f"{ppm // PPM_PER_PERCENT}.{ppm % PPM_PER_PERCENT:04d}".rstrip("0").rstrip(".")
