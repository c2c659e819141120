"""From a row's cells to a checked row, collecting every fault on the way."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from catalog import identifiers
from catalog.manifest import cells
from catalog.manifest.cells import PPM_PER_PERCENT, CellError
from catalog.manifest.columns import REQUIRED_COLUMNS
from catalog.manifest.faults import RowError, RowWarning, quote
from catalog.manifest.holders import Holder, identifier, read_holders
from catalog.territories import WORLD, Territory, TerritoryError, parse_territory

# Shares whose beginning nobody states have held ever since.
ALWAYS = date(1900, 1, 1)
WHOLE_PPM = 100 * PPM_PER_PERCENT
LONGEST_FILE_NAME = 500
LONGEST_BASIS = 300
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,4})?")


@dataclass(frozen=True)
class ManifestRow:
    """One track, or a work alone, as the manifest describes it; empty where it says nothing."""

    number: int
    track_id: str  # empty: a work alone
    work_id: str
    file: str  # empty: known by its description alone
    sha256: str
    title: str
    version: str
    work_title: str
    artist: str
    isrc: str
    iswc: str
    release_title: str
    release_ean: str
    released_on: date | None
    language: str
    collection: str
    genre: str
    licence: str
    source_url: str
    version_of: str
    territory: Territory  # where the shares hold
    holders: tuple[Holder, ...]
    shares_from: date | None
    consent_from: date | None
    consent_basis: str
    consent_until: date | None
    said: frozenset[str]  # the columns that there are; what is not among them stays as it is
    is_by_iswc: bool = False  # its ISWC alone tells the work, of which it then says nothing more

    def says(self, column: str) -> bool:
        return column in self.said

    @property
    def is_work(self) -> bool:
        return not self.track_id

    @property
    def ref(self) -> str:
        return self.track_id or self.work_id

    @property
    def work_ref(self) -> str:
        """The work's reference; a track that names none has a work of its own."""
        return self.work_id or f"work:{self.track_id}"

    @property
    def title_of_work(self) -> str:
        """What the row says the work is called; empty if it only names a work by its id."""
        if self.work_title or (self.work_id and not self.is_work):
            return self.work_title
        return self.title

    def of_work(self, ref: str) -> "ManifestRow":
        """The row as one of a work that it names by its ISWC alone."""
        return replace(self, work_id=ref, is_by_iswc=True)

    @property
    def first_shares_date(self) -> date:
        """Since when the shares of a new track hold."""
        return self.shares_from or self.consent_from or ALWAYS

    def holders_of(self, right: str) -> tuple[Holder, ...]:
        """Those with a share in a right."""
        return self._holders_by_right.get(right, ())

    @cached_property
    def _holders_by_right(self) -> dict[str, tuple[Holder, ...]]:
        found: dict[str, tuple[Holder, ...]] = {}
        for holder in self.holders:
            if holder.share_ppm is not None:
                found[holder.right] = (*found.get(holder.right, ()), holder)
        return found


def parse_row(
    number: int, row_cells: Mapping[str, str]
) -> tuple[ManifestRow | None, list[RowError], list[RowWarning]]:
    """The row, or None if any cell is at fault; with all its errors and warnings."""
    reader = _RowReader(number, row_cells)
    about = reader.all_of(_ABOUT)
    holders = read_holders(row_cells, reader.refuse)
    said = frozenset(row_cells)
    row = ManifestRow(number=number, holders=holders, said=said, **about, **reader.all_of(_TERMS))
    reader.check_together(row)
    return (None if reader.errors else row), reader.errors, reader.warnings


def _language(cell: str) -> str:
    if not _LANGUAGE.fullmatch(cell):
        raise CellError(f"{quote(cell)} is no language; write its code, as in de or pt-BR.")
    return cell


def _territory(cell: str) -> Territory:
    try:
        return parse_territory(cell)
    except TerritoryError as error:
        raise CellError(str(error)) from error


def _text(longest: int) -> "_Column":
    return (lambda cell: cells.text(cell, longest)), ""


_Column = tuple[Callable[[str], Any], Any]  # how its cells are read, and what an empty one means
_ABOUT: dict[str, _Column] = {
    "track_id": (cells.track_id, ""),
    "work_id": (cells.track_id, ""),
    "file": _text(LONGEST_FILE_NAME),
    "sha256": (cells.sha256, ""),
    "title": _text(500),
    "version": _text(200),
    "work_title": _text(500),
    "artist": _text(500),
    "isrc": (identifier(identifiers.isrc), ""),
    "iswc": (identifier(identifiers.iswc), ""),
    "release_title": _text(500),
    "release_ean": (identifier(identifiers.ean), ""),
    "released_on": (cells.day, None),
    "language": (_language, ""),
    "collection": _text(500),
    "genre": _text(100),
    "licence": _text(100),
    "source_url": (lambda cell: cells.web_address(cell, 500), ""),
    "version_of": (cells.track_id, ""),
    "territory": (_territory, WORLD),
}
_TERMS: dict[str, _Column] = {
    "shares_from": (cells.day, None),
    "consent_from": (cells.day, None),
    "consent_basis": _text(LONGEST_BASIS),
    "consent_until": (cells.day, None),
}


class _RowReader:
    """Reads the cells of one row and remembers what was wrong with them."""

    def __init__(self, number: int, row_cells: Mapping[str, str]) -> None:
        self._number = number
        self._cells = row_cells
        self.errors: list[RowError] = []
        self.warnings: list[RowWarning] = []

    def refuse(self, field: str, message: str) -> None:
        self.errors.append(RowError(self._number, field, message))

    def all_of(self, columns: Mapping[str, "_Column"]) -> dict[str, Any]:
        """The values of these columns' cells; what is empty or at fault has its missing value."""
        values = {}
        for field, (parse, missing) in columns.items():
            cell, values[field] = self._cells.get(field), missing
            if cell:
                try:
                    values[field] = parse(cell)
                except CellError as error:
                    self.refuse(field, str(error))
            elif field in REQUIRED_COLUMNS:
                self.refuse(field, f"The {field} is missing; every row needs one.")
        return values

    def check_together(self, row: ManifestRow) -> None:
        """Faults of cells that are fine one by one."""
        if not self._cells.get("track_id"):
            self._check_work(row)
        for right in ("composition", "recording"):
            self._check_sum(right, row.holders_of(right))
        self._check_consent(row)
        if row.version_of and row.version_of == row.ref:
            self.refuse("version_of", "It is named as a version of itself; name the original.")
        if not self.errors:
            self._warn(row)

    def _check_work(self, row: ManifestRow) -> None:
        """A row without a track_id: a work alone, of which there is no file and no recording."""
        if not self._cells.get("work_id"):
            self.refuse("track_id", "The track_id is missing; every row needs one, or a work_id.")
            return
        for field in ("file", "sha256", "isrc", "consent_from"):
            if self._cells.get(field):
                self.refuse(field, f"A work alone has no {field}; give the row a track_id.")
        for holder in row.holders:
            if holder.right == "recording":
                message = "A work alone has no recording; give the row a track_id."
                self.refuse(holder.role, message)

    def _check_consent(self, row: ManifestRow) -> None:
        if row.consent_from and not row.consent_basis:
            self.refuse("consent_basis", "There is a consent_from but no basis; say who agreed.")
        if row.consent_basis and not self._cells.get("consent_from"):
            self.refuse("consent_from", "There is a consent_basis but no day; write since when.")
        if row.consent_until and not self._cells.get("consent_from"):
            self.refuse("consent_from", "There is a consent_until but no day; write since when.")
        if row.consent_until and row.consent_from and row.consent_until <= row.consent_from:
            self.refuse("consent_until", "The consent ends before it begins; correct the days.")

    def _check_sum(self, right: str, holders: tuple[Holder, ...]) -> None:
        total_ppm = sum(holder.share_ppm or 0 for holder in holders)
        if total_ppm <= WHOLE_PPM:
            return
        parts = " + ".join(_percent(holder.share_ppm or 0) for holder in holders)
        fields = dict.fromkeys(f"{holder.role}_share_pct" for holder in holders)
        self.refuse(
            ", ".join(fields),
            f"The shares of the {right} are {parts} = {_percent(total_ppm)} %, more than 100 %; "
            "lower them.",
        )

    def _warn(self, row: ManifestRow) -> None:
        claimed = {right: row.holders_of(right) for right in ("composition", "recording")}
        if not any(claimed.values()):
            message = "Nobody has a share; what the track earns will be held as unclaimed."
            self.warnings.append(RowWarning(row.number, "", message))
        for right, holders in claimed.items():
            total_ppm = sum(holder.share_ppm or 0 for holder in holders)
            if 0 < total_ppm < WHOLE_PPM:
                rest = _percent(WHOLE_PPM - total_ppm)
                message = f"{rest} % of the {right} is claimed by nobody and will be held."
                self.warnings.append(RowWarning(row.number, "", message))
        if row.consent_from is None and not row.is_work:
            message = "Without a consent no model may be trained on this track."
            self.warnings.append(RowWarning(row.number, "consent_from", message))


def _percent(ppm: int) -> str:
    return f"{ppm // PPM_PER_PERCENT}.{ppm % PPM_PER_PERCENT:04d}".rstrip("0").rstrip(".")
