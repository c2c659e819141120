"""How many re-encoded copies of recordings are found by their sound, and how many taken for copies.

Of every recording of a folder a copy of each kind is made (another format, quieter, cut ...). All
recordings and all copies of one kind are then compared with each other as the catalogue does it. A
pair of a recording and its own copy is right; any other is wrong unless it joins two recordings
that are alike themselves, as two clips of one piece may be. The baseline is the hash of a file.

Needs the extra `sound` and the library libchromaprint1; music comes from a folder of your own.
"""

import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from rich.console import Console
from rich.table import Table

from benchmarks.catalogue._recodings import RECODINGS
from catalog.duplicates import sound
from catalog.duplicates.melody import Index
from common.hashing import sha256_bytes

SEED = 7
HEADINGS = ("copies", "found", "right", "wrong", "same file")
SUFFIXES = {".wav", ".flac", ".ogg", ".mp3"}
Pairs = set[tuple[int, int]]  # places of two recordings, ascending


@dataclass(frozen=True)
class Recording:
    """A recording or a copy: a copy has its recording's number."""

    number: int
    sha256: str
    values: sound.SoundArray


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--folder", type=Path, required=True, help="audio files, in any depth")
    parser.add_argument("--files", type=int, default=0, help="how many of them (all)")


def show(console: Console, options: Namespace) -> None:
    """Print the table of copies, and how fast recordings are read and compared."""
    if not sound.is_available():
        console.print(sound.NOT_AVAILABLE)
        return
    paths = sorted(each for each in options.folder.rglob("*") if each.suffix.lower() in SUFFIXES)
    paths = paths[: options.files or None]
    began = time.perf_counter()
    originals = [_recording(number, path) for number, path in enumerate(paths)]
    seconds = sum(soundfile.info(path).duration for path in paths)
    pace = seconds / (time.perf_counter() - began)
    alike = _found(originals)
    table = Table(title=f"{len(paths)} recordings, {seconds / 60:,.0f} minutes, and a copy of each")
    for heading in HEADINGS:
        table.add_column(heading, justify="left" if heading == "copies" else "right")
    for kind, copies in _recoded(paths):
        table.add_row(kind, *_scores(originals + copies, alike))
    console.print(table)
    console.print(
        f"Decoding and fingerprinting: {pace:,.0f} times as fast as the music plays. Among the "
        f"recordings themselves {len(alike)} pairs are alike."
    )


def _recording(number: int, path: Path) -> Recording:
    return Recording(number, sha256_bytes(path.read_bytes()), sound.fingerprint(path))


def _recoded(paths: list[Path]) -> Iterator[tuple[str, list[Recording]]]:
    with tempfile.TemporaryDirectory() as folder:
        for kind, recode in RECODINGS.items():
            random = np.random.default_rng(SEED)
            copies = []
            for number, path in enumerate(paths):
                samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
                copy = Path(folder) / "copy"
                copy.write_bytes(recode(samples.mean(axis=1), rate, random))
                copies.append(_recording(number, copy))
            yield kind, copies


def _found(recordings: list[Recording]) -> Pairs:
    """The pairs that the catalogue would queue as one recording."""
    index = Index({place: sound.words(each.values) for place, each in enumerate(recordings)})
    pairs = {
        (min(place, like.key), max(place, like.key))
        for place, each in enumerate(recordings)
        for like in index.like(sound.words(each.values), but=place)
    }
    return {
        (one, two)
        for one, two in pairs
        if sound.match(recordings[one].values, recordings[two].values) is not None
    }


def _scores(recordings: list[Recording], alike: Pairs) -> tuple[str, str, str, str]:
    """Found, right, wrong, and what the baseline finds; copies follow their originals."""
    n_copies = len(recordings) // 2
    pairs = [(recordings[one].number, recordings[two].number) for one, two in _found(recordings)]
    right = sum(one == two for one, two in pairs)
    wrong = sum(one != two and (min(one, two), max(one, two)) not in alike for one, two in pairs)
    same = sum(
        recordings[place].sha256 == recordings[place + n_copies].sha256 for place in range(n_copies)
    )
    precision = f"{right / (right + wrong):.1%}" if right + wrong else "-"
    return f"{right / n_copies:.1%}", precision, f"{wrong}", f"{same / n_copies:.1%}"
