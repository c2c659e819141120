"""Taking in exchange rates, as the European Central Bank publishes them; whole or not at all.

Two forms are read (https://www.ecb.europa.eu, "Euro foreign exchange reference rates"): the history
as CSV (`Date,USD,JPY,...`, one day a line, N/A where there is none) and the XML of a day or of the
history (`Cube` elements with `time`, inside them `currency` and `rate`). Currencies that are not
known here are left out. A rate that is known with another value is refused: nothing is replaced.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import transaction

from common.money import CURRENCIES
from royalty.documents.hostile_xml import XmlError, parse
from royalty.documents.refusals import words
from royalty.models import ExchangeRate
from royalty.selectors.rates import BASE

MAX_BYTES = 20_000_000
_RATE = re.compile(r"\d{1,10}(\.\d{1,10})?", flags=re.ASCII)
_SOURCE = re.compile(r"[A-Za-z0-9 .-]{1,20}")
_CUBE = "{http://www.ecb.int/vocabulary/2002-08-01/eurofxref}Cube"


class RatesRefused(ValueError):
    """The file was not taken, and nothing changed; the message says where it is wrong."""


@dataclass(frozen=True)
class Row:
    """One rate of a file, with where it stands."""

    place: str
    day: str
    code: str
    rate: str


@dataclass(frozen=True)
class RatesReport:
    """How many rates were new, and how many were known."""

    new_count: int
    known_count: int
    last_day: date


def take_rates(*, path: Path, source: str, as_of: date) -> RatesReport:
    """Take in a file of rates against the euro.

    Raises:
        RatesRefused: anything is wrong with it; nothing changed.
    """
    if not _SOURCE.fullmatch(source):
        raise RatesRefused("Name the source in at most 20 letters and digits, as in ECB.")
    content = _read(path)
    is_xml = content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")
    found = _checked(_of_xml(content) if is_xml else _of_csv(content), as_of)
    with transaction.atomic():
        new = _new(found, source)
        ExchangeRate.objects.bulk_create(new, batch_size=5_000)
    return RatesReport(len(new), len(found) - len(new), max(day for day, _ in found))


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise RatesRefused(f"{path} cannot be read: {error.strerror}.") from error
    if len(content) > MAX_BYTES:
        raise RatesRefused(f"The file has more than {MAX_BYTES:,} bytes; send some years of it.")
    return content


def _of_csv(content: bytes) -> Iterator[Row]:
    try:
        lines = csv.reader(content.decode("utf-8-sig").splitlines(), strict=True)
        header = [cell.strip() for cell in next(lines, [])]
        if header[:1] != ["Date"] or len(set(header)) < len(header):
            raise RatesRefused("Line 1 must be Date and the currencies, each once.")
        for line in lines:
            if not any(cell.strip() for cell in line):
                continue
            place = f"Line {lines.line_num}"
            if len(line) != len(header):
                raise RatesRefused(f"{place} has {len(line)} cells; the header {len(header)}.")
            for code, cell in zip(header[1:], line[1:], strict=True):
                if cell.strip() not in ("", "N/A"):
                    yield Row(f"{place}, {code}", line[0].strip(), code, cell.strip())
    except UnicodeDecodeError as error:
        raise RatesRefused(f"The file is not UTF-8: byte {error.start + 1}.") from error
    except csv.Error as error:
        raise RatesRefused(f"This is not CSV: {error}.") from error


def _of_xml(content: bytes) -> Iterator[Row]:
    try:
        root = parse(content, words("file of rates"))
    except XmlError as error:
        raise RatesRefused(str(error)) from error
    for of_day in root.iter(_CUBE):
        day = of_day.get("time", "")
        for cube in of_day.findall(_CUBE) if day else ():
            code = cube.get("currency", "")
            yield Row(f"{day}, {code}", day, code, cube.get("rate", ""))


def _checked(rows: Iterator[Row], as_of: date) -> dict[tuple[date, str], Decimal]:
    """Rates by day and currency; those of currencies that are not known here are left out."""
    found: dict[tuple[date, str], Decimal] = {}
    for row in rows:
        if row.code not in CURRENCIES or row.code == BASE:
            continue
        day = _day(row, as_of)
        if not _RATE.fullmatch(row.rate) or not Decimal(row.rate):
            raise RatesRefused(f"{row.place}: {row.rate[:40]!r} is no rate; write it as in 1.0823.")
        if (day, row.code) in found:
            raise RatesRefused(f"{row.place}: the day has a rate for {row.code} already.")
        found[day, row.code] = Decimal(row.rate)
    if not found:
        raise RatesRefused("The file holds no rate of a currency that is known here.")
    return found


def _day(row: Row, as_of: date) -> date:
    try:
        day = date.fromisoformat(row.day) if len(row.day) == 10 else None
    except ValueError:
        day = None
    if day is None:
        raise RatesRefused(f"{row.place}: {row.day[:40]!r} is no day like 2026-10-03.")
    if day > as_of:
        raise RatesRefused(f"{row.place}: {day} has not come yet.")
    return day


def _new(found: dict[tuple[date, str], Decimal], source: str) -> list[ExchangeRate]:
    """Rates that are not known yet."""
    days = [day for day, _ in found]
    known = {
        (rate.day, rate.quote): rate
        for rate in ExchangeRate.objects.filter(
            source=source, base=BASE, day__range=(min(days), max(days))
        )
    }
    for key in found.keys() & known.keys():
        if known[key].rate != found[key]:
            raise RatesRefused(
                f"{known[key]} is known; the file says {found[key]}. Rates are not replaced: "
                "take the corrected one in under another source."
            )
    return [
        ExchangeRate(base=BASE, quote=code, day=day, rate=rate, source=source)
        for (day, code), rate in sorted(found.items())
        if (day, code) not in known
    ]
