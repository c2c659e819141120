"""DDEX ERN 4 messages: one row for each sound recording, parsed in a child process."""

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from catalog.formats.confined import Answer, Unreadable, answers
from catalog.formats.source import MOST_ROWS, Source, SourceRow
from catalog.manifest.faults import RowError

FORMAT = "ern"


def open_ern(handle: BinaryIO, column_of: Mapping[str, str]) -> Source:
    """The recordings of a NewReleaseMessage, whose elements have their names: none is mapped."""
    del column_of
    said = answers("ern", handle, {})
    return Source(FORMAT, (), _rows(said), files_beside=True, let_go=said.close)


def _rows(said: Iterator[Answer]) -> Iterator[SourceRow | RowError]:
    number = 1
    try:
        for number, answer in enumerate(said, start=2):
            if number > MOST_ROWS + 1:
                yield RowError(number, "", f"A message has at most {MOST_ROWS:,} recordings.")
                return
            place = answer["place"]
            if "fault" in answer:
                yield RowError(number, answer["column"], f"{place}: {answer['fault']}")
            else:
                yield SourceRow(number, place, answer["cells"])
    except Unreadable as fault:
        yield RowError(number + 1 if number > 1 else 0, "", str(fault))
        return
    if number == 1:
        yield RowError(0, "", "The message holds no sound recordings.")
