"""XLSX and ODS through calamine, in the child process: sheets, cells, and what cells mean as text.

Formulas are read as the values that their program saved; an error such as #REF! is an empty cell.
"""

import datetime
import zipfile
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, BinaryIO

from python_calamine import (
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from catalog.formats.child import Refused
from catalog.formats.zipped import BadArchive, check_members

MOST_UNPACKED_BYTES = 4 << 30
MOST_SHEETS = 100
HEADER_WITHIN = 30  # rows from the top; titles and notes may stand above it


def read(handle: BinaryIO, options: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The header and the rows below it, of the first sheet that has a header.

    Args:
        handle: the workbook.
        options: `known`, the names of columns by which a header is told.

    Raises:
        Refused: no workbook, encrypted, a bomb, or without a table.
    """
    try:
        with zipfile.ZipFile(handle) as archive:
            check_members(archive.infolist(), MOST_UNPACKED_BYTES)
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError) as error:
        raise Refused("The file is no workbook, or was cut off; save it again.") from error
    except BadArchive as error:
        raise Refused(str(error)) from error
    handle.seek(0)
    try:
        workbook = CalamineWorkbook.from_filelike(handle)
    except PasswordError as error:
        raise Refused("The workbook is encrypted; save it without a password.") from error
    yield from _table(workbook, frozenset(options["known"]))


def _table(workbook: CalamineWorkbook, known: frozenset[str]) -> Iterator[dict[str, Any]]:
    fallback: tuple[CalamineSheet, int] | None = None
    for name in _visible_sheets(workbook)[:MOST_SHEETS]:
        sheet = workbook.get_sheet_by_name(name)
        for number, cells in enumerate(islice(sheet.iter_rows(), HEADER_WITHIN), start=1):
            named = sum(cell in known for cell in map(_text, cells))
            if named > 1:
                yield from _rows(sheet, number)
                return
            if fallback is None and any(map(_text, cells)):
                fallback = sheet, number
    if fallback is None:
        raise Refused("The workbook is empty; begin a sheet with a header.")
    yield from _rows(*fallback)


def _visible_sheets(workbook: CalamineWorkbook) -> list[str]:
    """The sheets that one sees and that have cells."""
    return [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.typ is SheetTypeEnum.WorkSheet and sheet.visible is SheetVisibleEnum.Visible
    ]


def _rows(sheet: CalamineSheet, header: int) -> Iterator[dict[str, Any]]:
    width = 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number < header:
            continue
        texts = [_text(cell) for cell in cells]
        if number == header:
            width = max(place for place, text in enumerate(texts, start=1) if text)
        while len(texts) > width and not texts[-1]:
            texts.pop()  # empty cells that somebody once formatted
        if any(texts):
            yield {"row": number, "cells": texts}


def _text(cell: object) -> str:
    """A cell as one would type it."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime.datetime):
        is_day = cell.time() == datetime.time()
        return cell.date().isoformat() if is_day else cell.isoformat(sep=" ")
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    return str(cell)
