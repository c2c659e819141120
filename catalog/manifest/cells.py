"""Reading single cells: percent, dates, identifiers, addresses.

Every function returns the value or raises `CellError` with a sentence; which row and column it was
is added by the caller.
"""

import re
import unicodedata
from datetime import date
from urllib.parse import urlsplit

from catalog.manifest.faults import hidden_character, quote

PPM_PER_PERCENT = 10_000
_PERCENT = re.compile(r"(?P<whole>[0-9]{1,9})(?:\.(?P<decimals>[0-9]{1,12}))?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TRACK_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,89}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_WIKIDATA = re.compile(r"Q[1-9][0-9]{0,11}")
EARLIEST, LATEST = date(1800, 1, 1), date(2199, 12, 31)


class CellError(ValueError):
    """A cell that cannot be used; the message says what was found and what to write."""


def text(cell: str, longest: int) -> str:
    """A cell's text in one Unicode spelling (NFC).

    Raises:
        CellError: too long, or with a character that cannot be seen.
    """
    hidden = hidden_character(cell)
    if hidden:
        raise CellError(f"{quote(cell)} holds the invisible character {hidden}; remove it.")
    value = cell if cell.isascii() else unicodedata.normalize("NFC", cell)
    if len(value) > longest:
        raise CellError(f"{quote(cell)} has {len(value)} characters; at most {longest} fit.")
    return value


def percent_ppm(cell: str) -> int:
    """Parts per million of a percentage such as "33.3333", exactly.

    Raises:
        CellError: no plain number, zero or less, above 100, or finer than a ten-thousandth.
    """
    match = _PERCENT.fullmatch(cell)
    if match is None:
        raise CellError(_why_no_percent(cell))
    decimals = (match["decimals"] or "").rstrip("0")
    if len(decimals) > 4:
        raise CellError(f"{quote(cell)} is finer than a share can be; write at most four decimals.")
    ppm = int(match["whole"]) * PPM_PER_PERCENT + int(decimals.ljust(4, "0"))
    if ppm == 0:
        raise CellError("A share of 0 % is no share; remove the name and its share.")
    if ppm > 100 * PPM_PER_PERCENT:
        raise CellError(f"{quote(cell)} is more than 100 %; write the part of the whole work.")
    return ppm


def _why_no_percent(cell: str) -> str:
    if cell.startswith("-"):
        return f"{quote(cell)} is negative; a share is more than 0 and at most 100."
    if cell.endswith("%"):
        return f"{quote(cell)} has a percent sign; write the number alone, as in 33.5."
    if "," in cell:
        return f"{quote(cell)} has a comma; decimals follow a point, as in 33.5."
    return f"{quote(cell)} is no percentage; write digits and a point, as in 33.5."


def day(cell: str) -> date:
    """A date written as 2026-01-31.

    Raises:
        CellError: another spelling, no such day, or a year that must be a slip.
    """
    if not _DAY.fullmatch(cell):
        raise CellError(f"{quote(cell)} is no date; write year-month-day, as in 2026-01-31.")
    try:
        value = date.fromisoformat(cell)
    except ValueError:
        raise CellError(f"{quote(cell)} is not in the calendar; correct the date.") from None
    if not EARLIEST <= value <= LATEST:
        raise CellError(f"{quote(cell)} lies before 1800 or after 2199; correct the year.")
    return value


def track_id(cell: str) -> str:
    """A track's identifier: up to 90 letters, digits, points, colons, hyphens, underscores."""
    if not _TRACK_ID.fullmatch(cell):
        raise CellError(
            f"{quote(cell)} is no identifier; use up to 90 of A-Z a-z 0-9 . _ : - "
            "and begin with a letter or digit."
        )
    return cell


def sha256(cell: str) -> str:
    """A file's hash in hexadecimal."""
    value = cell.lower()
    if not _SHA256.fullmatch(value):
        raise CellError(f"{quote(cell)} is no sha256; write its 64 hexadecimal digits or nothing.")
    return value


def wikidata(cell: str) -> str:
    """A Wikidata identifier such as Q7294; empty stays empty."""
    if cell and not _WIKIDATA.fullmatch(cell):
        raise CellError(f"{quote(cell)} is no Wikidata id; write Q and digits, as in Q7294.")
    return cell


def web_address(cell: str, longest: int) -> str:
    """An http or https address, the only kinds that a page may link to."""
    value = text(cell, longest)
    try:
        parts = urlsplit(value)
        is_web = parts.scheme in {"http", "https"} and bool(parts.hostname) and " " not in value
    except ValueError:
        is_web = False
    if value and not is_web:
        raise CellError(f"{quote(cell)} is no web address; begin it with https:// or http://.")
    return value
