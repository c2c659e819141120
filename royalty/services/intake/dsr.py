"""Uses in DDEX DSR flat files (Digital Sales Report Message Suite, Basic Audio Profile).

What is read, by the record definitions of Part 8 (https://dsr8.ddex.net): `HEAD` names the message,
the days of use and the service (ServiceDescription, which is the contract's service); `AS02` names
a resource of a block by the licensee's own identifier (DspResourceId, the generation's external
id); `SU02` counts its streams; `FOOT` counts lines, summaries and blocks, and must be right. Empty
records and those that begin with `#` are counted there and mean nothing. Releases, works and
summaries are passed over: their money is reported as revenue, apart, since a report's sums do not
say whose subscription they came from. Streams that bear no royalty are none of a contract's uses.

Rules: one file a message; both days of use in one period, the uses count on the last; uses have no
subscriber, so the contract's model must need none; a MessageId is never used again.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import IO

from royalty.services.intake.faults import Faults
from royalty.services.intake.record import BrokenLine, Record
from royalty.services.intake.source import MAX_LINE_BYTES, bounded_lines, first_line

PROFILE = "BasicAudioProfile"
MOST_RESOURCES = 100_000  # of one block; ours are pieces, and reports have a block for each
NOBODY = ""  # the subscriber of uses that were reported for all of them at once
_COUNT = re.compile(r"\d{1,10}", flags=re.ASCII)
_TYPE = re.compile(r"([A-Z]{2}\d{2}|HEAD|FOOT)(\.\d{2})?", flags=re.ASCII)


@dataclass(frozen=True)
class Head:
    """What a message says of itself."""

    message_id: str
    service: str
    first_day: date
    last_day: date
    sender: str


@dataclass
class _Seen:
    """What was read so far, to be held against the footer."""

    lines: int = 0
    summaries: int = 0
    blocks: int = 0
    block: str = ""  # the one that is being read
    footer: bool = False
    resources: dict[str, str] = field(default_factory=dict)  # of that block

    def enter(self, block: str) -> None:
        """Come to a record of a block; its records stand together, so the last one is forgotten."""
        if not self.blocks or block != self.block:
            self.blocks += 1
            self.block = block
            self.resources.clear()

    def name_resource(self, reference: str, piece: str) -> None:
        """Remember what a block calls a piece."""
        if len(self.resources) >= MOST_RESOURCES:
            raise BrokenLine(f"The block names more than {MOST_RESOURCES:,} resources.")
        self.resources[reference] = piece


def read_head(stream: IO[bytes]) -> Head:
    """The first record of a message; the stream goes back to its beginning.

    Raises:
        BrokenLine: it is no header, or of something else than one file of the profile.
        IntakeRefused: it cannot be unpacked.
    """
    cells = _cells(first_line(stream))
    if cells[0] != "HEAD" or len(cells) < 13:
        raise BrokenLine("The first record must be HEAD, with at least 13 cells.")
    if not cells[1].startswith("dsrf/") or cells[2] != PROFILE:
        raise BrokenLine(f"It is {cells[2]!r} of {cells[1]!r}; {PROFILE} of dsrf/... is read.")
    if cells[6:8] != ["1", "1"]:
        raise BrokenLine("The report is in several files; send it in one.")
    first_day, last_day = _day(cells[8], "UsageStartDate"), _day(cells[9], "UsageEndDate")
    if not cells[4] or not cells[10]:
        raise BrokenLine("HEAD needs a MessageId and a SenderPartyId.")
    return Head(cells[4], cells[12], first_day, last_day, cells[10])


def uses(head: Head, stream: IO[bytes], faults: Faults) -> Iterator[tuple[int, Record | None]]:
    """A record of usage for each SU02, by line; faults are noted, those of the footer too."""
    seen = _Seen()
    for line in bounded_lines(stream):
        seen.lines += 1
        try:
            record = _use(head, _cells(line), seen)
        except BrokenLine as error:
            faults.add(seen.lines, "", str(error))
            yield seen.lines, None
            continue
        if record is not None:
            yield seen.lines, record
    if not seen.footer:
        faults.add(0, "", "The file ends without FOOT; send it whole.")


def _cells(line: bytes | None) -> list[str]:
    if line is None:
        raise BrokenLine(f"The line is longer than {MAX_LINE_BYTES} bytes.")
    try:
        return line.decode().rstrip("\r\n").split("\t")
    except UnicodeDecodeError as error:
        raise BrokenLine(f"This is not UTF-8: byte {error.start + 1} of the line.") from error


def _use(head: Head, cells: list[str], seen: _Seen) -> Record | None:
    """The use that a record tells; none for other records, which are counted."""
    if cells == [""] or cells[0].startswith("#"):
        return None
    if seen.footer:
        raise BrokenLine("There is a record after FOOT.")
    match = _TYPE.fullmatch(cells[0])
    if match is None:
        raise BrokenLine(f"{cells[0][:20]!r} is no type of record.")
    kind = match[1]
    if kind == "FOOT":
        _check_footer(cells, seen)
    elif kind.startswith("SY"):
        seen.summaries += 1
    elif kind != "HEAD":
        _need(cells, 2)
        seen.enter(cells[1])
        if kind == "AS02":
            _need(cells, 4)
            seen.name_resource(cells[2], cells[3])
        elif kind == "SU02":
            return _streams(head, cells, seen)
        elif kind.startswith("SU"):
            raise BrokenLine(f"{kind} does not report streams; only SU02 is read.")
    elif seen.lines > 1:
        raise BrokenLine("HEAD comes twice.")
    return None


def _streams(head: Head, cells: list[str], seen: _Seen) -> Record | None:
    """BlockId, SummaryRecordId, SalesTransactionId, TransactedRelease, TransactedResource,
    IsRoyaltyBearing, NumberOfStreams."""
    _need(cells, 8)
    resource = seen.resources.get(cells[5])
    if resource is None:
        raise BrokenLine(
            f"Its block names no resource {cells[5]!r}; name the piece that was used with AS02."
        )
    if cells[6] not in ("true", "false"):
        raise BrokenLine(f"IsRoyaltyBearing is true or false, not {cells[6][:20]!r}.")
    if not _COUNT.fullmatch(cells[7]):
        raise BrokenLine(f"NumberOfStreams is a whole number, not {cells[7][:20]!r}.")
    if cells[6] == "false" or not int(cells[7]):
        return None
    return Record(
        {
            "event_id": f"{head.message_id}:{cells[3]}",
            "service": head.service,
            "generation": resource,
            "subscriber": NOBODY,
            "used_at": f"{head.last_day}T12:00:00Z",
            "count": int(cells[7]),
        }
    )


def _check_footer(cells: list[str], seen: _Seen) -> None:
    """NumberOfLinesInFile, NumberOfLinesInReport, NumberOfSummaryRecords, NumberOfBlocksInFile."""
    _need(cells, 5)
    seen.footer = True
    counted = {"lines": seen.lines, "summaries": seen.summaries, "blocks": seen.blocks}
    for (what, count), said in zip(counted.items(), (cells[1], cells[3], cells[4]), strict=True):
        if said != str(count):
            raise BrokenLine(f"FOOT says {said[:20]!r} {what}; the file has {count}.")


def _need(cells: list[str], count: int) -> None:
    if len(cells) < count:
        raise BrokenLine(f"{cells[0]} has {len(cells)} cells; it needs {count}.")


def _day(text: str, what: str) -> date:
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise BrokenLine(f"{what} is a day like 2026-10-01, not {text[:20]!r}.")
