"""Small manifests with real MIDI files, made by the tests that import and spoil them."""

import csv
import io
import struct
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from catalog.deliveries.models import Delivery
from catalog.deliveries.services.folders import ImportReport, import_manifest
from catalog.models import Asset, Consent, Party, Share, Track, Work

TODAY = date(2026, 3, 1)


def midi(seed: int, n_notes: int = 8) -> bytes:
    """A MIDI file of half a second a note, different for each seed."""
    body = b"\x00\xff\x01\x04" + struct.pack(">I", seed)  # a text event
    for note in range(n_notes):
        pitch = 40 + (seed + 3 * note) % 40
        body += bytes([0, 0x90, pitch, 64, 0x83, 0x60, 0x80, pitch, 0])
    body += b"\x00\xff\x2f\x00"
    header = struct.pack(">4sIHHH", b"MThd", 6, 0, 1, 480)
    return header + struct.pack(">4sI", b"MTrk", len(body)) + body


def song(number: int, **cells: str) -> dict[str, str]:
    """A row without a fault; cells named are replaced."""
    row = {
        "track_id": f"t{number}",
        "file": f"{number}.mid",
        "title": f"Song {number}",
        "collection": "Songs",
        "genre": "art song",
        "licence": "CC0-1.0",
        "source_url": f"https://example.org/{number}",
        "composer": "Ada Adams",
        "composer_wikidata": "Q1",
        "composer_share_pct": "60",
        "lyricist": "Ben Brown",
        "lyricist_share_pct": "40",
        "consent_from": "2026-01-01",
        "consent_basis": "licence 7",
    }
    return row | cells


@dataclass
class ManifestFolder:
    """A folder with a manifest and its files."""

    path: Path
    rows: list[dict[str, str]] = field(default_factory=list)

    @property
    def manifest(self) -> Path:
        return self.path / "manifest.csv"

    def add(self, *numbers: int, **cells: str) -> "ManifestFolder":
        """Add songs with their files."""
        for number in numbers:
            self.rows.append(song(number, **cells))
            (self.path / f"{number}.mid").write_bytes(midi(number))
        return self

    def text(self, delimiter: str = ",") -> str:
        columns = list(dict.fromkeys(name for row in self.rows for name in row))
        output = io.StringIO()
        writer = csv.DictWriter(output, columns, delimiter=delimiter, restval="")
        writer.writeheader()
        writer.writerows(self.rows)
        return output.getvalue()

    def bring_in(self, content: bytes | None = None, as_of: date = TODAY) -> ImportReport:
        """Write the manifest (or these bytes instead) and import it."""
        self.manifest.write_bytes(self.text().encode() if content is None else content)
        return import_manifest(path=self.manifest, as_of=as_of)


def catalogue_size() -> dict[str, int]:
    """How many rows the catalogue has; an import that was refused leaves them as they were."""
    kinds = (Party, Work, Track, Asset, Share, Consent)
    return {kind.__name__: kind.objects.count() for kind in kinds}


def assert_nothing_imported() -> None:
    assert set(catalogue_size().values()) == {0}
    assert not Delivery.objects.filter(status=Delivery.Status.DONE).exists()


def faults(report: ImportReport) -> list[tuple[int, str]]:
    return [(error.row, error.field) for error in report.errors]
