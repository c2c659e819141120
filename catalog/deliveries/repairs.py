"""What to write instead of a cell that is at fault, where that can be told without guessing.

A repair is offered only if it is read without a fault and no other is as near. It is never applied
by itself.
"""

import re
from collections.abc import Callable, Iterator

from catalog import identifiers
from catalog.manifest.cells import CellError, day, percent_ppm, wikidata

_GERMAN_DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_PLAIN_DAY = re.compile(r"([0-9]{4})[/.]?([0-9]{2})[/.]?([0-9]{2})")
_SLASHED_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_DAYS = {"shares_from", "consent_from", "consent_until", "released_on"}
_IDENTIFIERS: dict[str, Callable[[str], str]] = {
    "isrc": identifiers.isrc,
    "iswc": identifiers.iswc,
    "release_ean": identifiers.ean,
    "ipi": identifiers.ipi_name,
    "isni": identifiers.isni,
    "ddex": identifiers.ddex_party_id,
}
_AS_DIGITS = str.maketrans("OQDILSBZ", "00011582")
_AS_LETTERS = str.maketrans("0158", "OISB")


def repair_of(field: str, cell: str) -> str:
    """The cell as it was probably meant; empty if nothing is near enough. Lists part by part."""
    if not cell:
        return ""
    mend = _mender(field)
    if mend is None:
        return ""
    parts = [part.strip() for part in cell.split(";")]
    mended = [mend(part) if part else "" for part in parts]
    return "" if None in mended or mended == parts else " ; ".join(each or "" for each in mended)


def _mender(field: str) -> Callable[[str], str | None] | None:
    if field in _DAYS:
        return lambda cell: _readable(_days(cell), day)
    if field.endswith("_share_pct"):
        return lambda cell: _readable(_percentages(cell), percent_ppm)
    if field.endswith("_wikidata"):
        return lambda cell: _readable(_wikidata(cell), wikidata)
    read = _IDENTIFIERS.get(field.rsplit("_", 1)[-1] if "_" in field else field)
    read = _IDENTIFIERS.get(field, read)
    if read is None:
        return None
    return lambda cell: _readable(_spellings(field, cell), read)


def _readable(candidates: Iterator[str], read: Callable[[str], object]) -> str | None:
    """The only candidate that can be read; None if there is none, or more than one."""
    good = set()
    for candidate in candidates:
        try:
            read(candidate)
        except (CellError, identifiers.IdentifierError):
            continue
        good.add(candidate)
    return good.pop() if len(good) == 1 else None


def _days(cell: str) -> Iterator[str]:
    yield cell
    if found := _GERMAN_DAY.fullmatch(cell):
        yield f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}"
    elif found := _PLAIN_DAY.fullmatch(cell):
        yield "-".join(found.groups())
    elif found := _SLASHED_DAY.fullmatch(cell):  # unless both orders are days: then nobody knows
        yield f"{found[3]}-{int(found[1]):02}-{int(found[2]):02}"
        yield f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}"


def _percentages(cell: str) -> Iterator[str]:
    yield cell.replace(",", ".").removesuffix("%").strip()


def _wikidata(cell: str) -> Iterator[str]:
    yield f"Q{cell.upper().removeprefix('Q')}"
    yield cell.rsplit("/", 1)[-1]


def _spellings(field: str, cell: str) -> Iterator[str]:
    """An identifier with letters and digits that look alike put right."""
    plain = re.sub(r"[\s./–—-]", "", cell).upper()
    yield plain
    yield plain.translate(_AS_DIGITS)
    if field == "isrc":
        yield plain[:2].translate(_AS_LETTERS) + plain[2:5] + plain[5:].translate(_AS_DIGITS)
    if field == "iswc":
        yield "T" + plain.removeprefix("T").translate(_AS_DIGITS)
