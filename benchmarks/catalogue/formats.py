"""Rows a second of each format's reader, beside the bare library that it reads with.

A reader checks encoding, header, widths, lengths and formulas, and gives every row under our
columns; workbooks and DDEX messages cross from a child process as well. The bare library only reads
the same file from its beginning to its end. Both are timed in turn, and the best round counts.
"""

import argparse
import csv
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter
from lxml import etree
from python_calamine import CalamineWorkbook
from rich.console import Console
from rich.table import Table

from catalog.formats import SourceRow, open_delivery

COLUMNS = (
    "track_id", "file", "title", "artist", "isrc", "genre", "composer", "composer_share_pct",
    "lyricist", "lyricist_share_pct", "consent_from", "consent_basis",
)  # fmt: skip
ROWS, ROUNDS = 100_000, 3
ERN = "http://ddex.net/xml/ern/43"


@dataclass(frozen=True)
class Format:
    """A format to measure: how to write a file of it, and how the bare library reads it."""

    label: str
    ending: str
    write: Callable[[Path, int], None]
    bare: Callable[[Path], int]
    library: str
    part: int = 1  # of the rows asked for, one in so many


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rows", type=int, default=ROWS, help="of a file (ERN: a tenth)")
    parser.add_argument("--rounds", type=int, default=ROUNDS)


def show(console: Console, options: argparse.Namespace) -> None:
    """Print the table."""
    table = Table(title=f"Reading {options.rows:,} rows of {len(COLUMNS)} columns")
    for heading in ("format", "file MiB", "rows/s", "bare library", "its rows/s", "ratio"):
        table.add_column(heading, justify="left" if heading in _WORDS else "right")
    with tempfile.TemporaryDirectory() as folder:
        for each in FORMATS:
            path = Path(folder) / f"catalogue{each.ending}"
            n_rows = options.rows // each.part
            each.write(path, n_rows)
            ours, bare = _best(each, path, n_rows, options.rounds)
            table.add_row(
                each.label,
                f"{path.stat().st_size / (1 << 20):.1f}",
                f"{n_rows / ours:,.0f}",
                each.library,
                f"{n_rows / bare:,.0f}",
                f"{bare / ours:.2f}",
            )
            path.unlink()
    console.print(table)


_WORDS = ("format", "bare library")


def _best(each: Format, path: Path, n_rows: int, rounds: int) -> tuple[float, float]:
    """Seconds that our reader and the bare library took, in their best rounds."""
    ours, bare = [], []
    for _ in range(rounds):
        started = time.perf_counter()
        with open_delivery(path, column_of={}) as source:
            found = sum(isinstance(row, SourceRow) for row in source)
        ours.append(time.perf_counter() - started)
        assert found == n_rows, (each.label, found)
        started = time.perf_counter()
        each.bare(path)
        bare.append(time.perf_counter() - started)
    return min(ours), min(bare)


def _rows(n_rows: int) -> Iterator[tuple[str, ...]]:
    for number in range(n_rows):
        yield (
            f"t{number}", f"songs/{number}.mid", f"Lied für die Nacht {number}", "The Lamplighters",
            f"DEAB026{number % 100_000:05d}", "art song", f"Composer {number % 500}", "60",
            f"Lyricist {number % 700}", "40", "2026-01-01", "licence 7",
        )  # fmt: skip


def _write_csv(path: Path, n_rows: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(COLUMNS)
        writer.writerows(_rows(n_rows))


def _read_csv(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as handle:
        return sum(1 for _ in csv.reader(handle))


def _write_xlsx(path: Path, n_rows: int) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate((COLUMNS, *_rows(n_rows))):
            sheet.write_row(at, 0, row)


def _read_xlsx(path: Path) -> int:
    return sum(1 for _ in CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows())


def _write_ndjson(path: Path, n_rows: int) -> None:
    with path.open("w", encoding="utf-8") as handle:
        for row in _rows(n_rows):
            handle.write(json.dumps(dict(zip(COLUMNS, row, strict=True))) + "\n")


def _read_ndjson(path: Path) -> int:
    with path.open(encoding="utf-8") as handle:
        return sum(1 for line in handle if json.loads(line))


def _write_json(path: Path, n_rows: int) -> None:
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in _rows(n_rows)]
    path.write_text(json.dumps(rows), encoding="utf-8")


def _read_json(path: Path) -> int:
    return len(json.loads(path.read_text(encoding="utf-8")))


def _write_ern(path: Path, n_rows: int) -> None:
    with path.open("w", encoding="utf-8") as handle:
        handle.write(
            f'<ern:NewReleaseMessage xmlns:ern="{ERN}"><PartyList><Party><PartyReference>P1'
            "</PartyReference><PartyName><FullName>The Lamplighters</FullName></PartyName></Party>"
            "</PartyList><ResourceList>"
        )
        for number in range(n_rows):
            handle.write(
                f"<SoundRecording><ResourceReference>A{number}</ResourceReference>"
                f"<SoundRecordingEdition><ResourceId><ISRC>DEAB026{number:05d}</ISRC></ResourceId>"
                f"</SoundRecordingEdition><DisplayTitle><TitleText>Song {number}</TitleText>"
                "</DisplayTitle><DisplayArtistName>The Lamplighters</DisplayArtistName>"
                "<DisplayArtist><ArtistPartyReference>P1</ArtistPartyReference>"
                "<DisplayArtistRole>MainArtist</DisplayArtistRole></DisplayArtist>"
                "<ResourceRightsController><RightsControllerPartyReference>P1"
                "</RightsControllerPartyReference><RightSharePercentage>100"
                "</RightSharePercentage></ResourceRightsController></SoundRecording>"
            )
        handle.write("</ResourceList></ern:NewReleaseMessage>")


def _read_ern(path: Path) -> int:
    n_rows = 0
    for _, element in etree.iterparse(path, tag="SoundRecording"):
        n_rows += 1
        element.clear()
    return n_rows


def _write_cwr(path: Path, n_rows: int) -> None:
    with path.open("w", encoding="ascii", newline="\r\n") as handle:
        handle.write("HDRPB000000199SONG HOUSE".ljust(59) + "01.102026030112000020260301\n")
        handle.write("GRHNWR0000102.100000000000\n")
        for number in range(n_rows):
            first, second = f"NWR{number:08d}00000000", f"SWR{number:08d}00000001"
            handle.write(f"{first}{f'SONG {number}':60}EN{f'W{number}':14}\n")
            handle.write(f"{second}{'W1':9}{'ADAMS':45}{'ADA':30} C {'0' * 20}01010000\n")
        handle.write(f"GRT00001{n_rows:08d}{2 * n_rows + 2:08d}\n")
        handle.write(f"TRL00001{n_rows:08d}{2 * n_rows + 4:08d}\n")


def _read_lines(path: Path) -> int:
    with path.open(encoding="ascii") as handle:
        return sum(1 for line in handle if line[:3])


FORMATS = (
    Format("CSV", ".csv", _write_csv, _read_csv, "csv.reader"),
    Format("XLSX", ".xlsx", _write_xlsx, _read_xlsx, "calamine"),
    Format("NDJSON", ".ndjson", _write_ndjson, _read_ndjson, "json.loads, line by line"),
    Format("JSON array", ".json", _write_json, _read_json, "json.loads, all at once"),
    Format("DDEX ERN", ".xml", _write_ern, _read_ern, "lxml.iterparse", part=10),
    Format("CWR", ".v21", _write_cwr, _read_lines, "lines of the file"),
)
