"""In which forms a file's lines come: JSON objects, rows of CSV under a header, or a DSR.

A format gives the records of a stream with their line numbers, and notes what cannot be read; what
the fields mean is the shape's matter. CSV has the fields as columns, in any order; an empty cell is
a field that is not there.
"""

import csv
import re
from collections.abc import Callable, Iterator
from typing import IO

from royalty.models import FileFormat
from royalty.services.intake import dsr
from royalty.services.intake.faults import Faults
from royalty.services.intake.record import BrokenLine, Record, parse
from royalty.services.intake.shapes import Shape
from royalty.services.intake.source import MAX_LINE_BYTES, numbered_lines

_WHOLE = re.compile(r"-?\d{1,12}", flags=re.ASCII)
_NUMBERS = ("count",)  # the fields that are numbers in JSON
Records = Iterator[tuple[int, Record | None]]


def format_of_name(name: str) -> FileFormat:
    """What a file's name says of its form; NDJSON where it says nothing."""
    ending = name.lower().removesuffix(".gz")[-4:]
    return {".csv": FileFormat.CSV, ".tsv": FileFormat.DSR}.get(ending, FileFormat.NDJSON)


def records(form: FileFormat, shape: Shape, stream: IO[bytes], faults: Faults) -> Records:
    """Every line that is not blank, by number; None for one that cannot be read, with its fault."""
    return READERS[form](shape, stream, faults)


def _json_lines(_shape: Shape, stream: IO[bytes], faults: Faults) -> Records:
    for number, line in numbered_lines(stream):
        if line is None:
            faults.add(number, "", _too_long())
            yield number, None
            continue
        try:
            yield number, parse(line)
        except BrokenLine as error:
            faults.add(number, "", str(error))
            yield number, None


def _csv_rows(shape: Shape, stream: IO[bytes], faults: Faults) -> Records:
    header: list[str] | None = None
    for number, line in numbered_lines(stream):
        try:
            cells = _cells(line)
            if header is None:
                header = _header(cells, shape)
                continue
            yield number, _row(cells, header)
        except BrokenLine as error:
            faults.add(number, "", str(error))
            if header is None:  # without it no row means anything
                return
            yield number, None


def _dsr_uses(_shape: Shape, stream: IO[bytes], faults: Faults) -> Records:
    return dsr.uses(dsr.read_head(stream), stream, faults)


def _cells(line: bytes | None) -> list[str]:
    if line is None:
        raise BrokenLine(_too_long())
    try:
        text = line.decode().rstrip("\r\n")
        return next(csv.reader([text], strict=True))
    except UnicodeDecodeError as error:
        raise BrokenLine(f"This is not UTF-8: byte {error.start + 1} of the line.") from error
    except csv.Error as error:
        raise BrokenLine(f"This is not a row of CSV: {error}.") from error


def _header(cells: list[str], shape: Shape) -> list[str]:
    """The columns, if every one is a field, none comes twice, and none is missing."""
    known = (*shape.required, *shape.optional)
    for name in cells:
        if name not in known:
            shown = name[:60].encode(errors="replace").decode()
            raise BrokenLine(f"{shown!r} is no column; the header has: {', '.join(known)}.")
        if cells.count(name) > 1:
            raise BrokenLine(f"The column {name!r} comes twice.")
    missing = [name for name in shape.required if name not in cells]
    if missing:
        raise BrokenLine(f"The header lacks {', '.join(missing)}.")
    return cells


def _row(cells: list[str], header: list[str]) -> Record:
    if len(cells) != len(header):
        raise BrokenLine(f"The row has {len(cells)} cells; the header {len(header)}.")
    given = {name: cell for name, cell in zip(header, cells, strict=True) if cell}
    numbers = {name: int(given[name]) for name in _NUMBERS if _WHOLE.fullmatch(given.get(name, ""))}
    return Record({**given, **numbers})


def _too_long() -> str:
    return f"The line is longer than {MAX_LINE_BYTES} bytes."


READERS: dict[FileFormat, Callable[[Shape, IO[bytes], Faults], Records]] = {
    FileFormat.NDJSON: _json_lines,
    FileFormat.CSV: _csv_rows,
    FileFormat.DSR: _dsr_uses,
}
