"""The demo on sound: the bundled songs as recordings, a model that hears them, planted excerpts.

The songs are notes; the project's own instrument plays them, so nothing has to be fetched.
"""

import csv
import io
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from catalog.models import Track
from catalog.services.assets import asset_path
from demo.music import MANIFEST
from demo.planting import Planted, Span

SAMPLES_PER_SECOND = 22_050
SONG_SECONDS = 24.0
EXCERPT_SECONDS = 8.0
SPLICED_SECONDS = 5.0


def recorded_manifest(folder: Path, on_progress: Callable[[int, int], None]) -> Path:
    """The bundled manifest with a recording for each song, beside it; what is there stays."""
    folder.mkdir(parents=True, exist_ok=True)
    with MANIFEST.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        rows = [row for row in reader if row["demo_role"] != "extra"]
    for done, row in enumerate(rows):
        song, row["file"] = MANIFEST.parent / row["file"], f"{row['track_id']}.flac"
        recording = folder / row["file"]
        if not recording.exists():
            recording.write_bytes(_played(song))
        row["sha256"] = sha256(recording.read_bytes()).hexdigest()
        on_progress(done + 1, len(rows))
    path = folder / "manifest.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, reader.fieldnames or [])
        writer.writeheader()
        writer.writerows(rows)
    return path


def plant_sound(train: Sequence[Track], controls: Sequence[Track], *, seed: int) -> list[Planted]:
    """Make the pieces: 6 copies, 6 of them as MP3, 4 splices of two, 4 copies of controls."""
    random = np.random.default_rng(seed)
    sources = iter([train[place] for place in random.permutation(len(train))])
    unseen = [controls[place] for place in random.permutation(len(controls))]
    pieces = [_excerpt("copy", number, next(sources)) for number in range(6)]
    pieces += [_excerpt("mp3", number, next(sources), "MP3") for number in range(6)]
    pieces += [_splice(number, [next(sources), next(sources)]) for number in range(4)]
    pieces += [_excerpt("control", number, unseen[number]) for number in range(4)]
    return pieces


def _played(song: Path) -> bytes:
    from attribution.audio.rendering import render_file

    return _file(render_file(song, SAMPLES_PER_SECOND, SONG_SECONDS), "FLAC")


def _excerpt(kind: str, number: int, track: Track, form: str = "FLAC") -> Planted:
    """A passage from a quarter of the way into the track."""
    sound = _heard(track)
    first = len(sound) // 4
    passage = sound[first : first + int(EXCERPT_SECONDS * SAMPLES_PER_SECOND)]
    return Planted(f"{kind}-{number}", kind, (track.ref,), _file(passage, form))


def _splice(number: int, tracks: Sequence[Track]) -> Planted:
    """Passages of two tracks, one after the other, and where they come from."""
    passages, spans, at = [], [], 0.0
    for track in tracks:
        sound = _heard(track)
        first = len(sound) // 3
        passage = sound[first : first + int(SPLICED_SECONDS * SAMPLES_PER_SECOND)]
        lasts = len(passage) / SAMPLES_PER_SECOND
        begins = first / SAMPLES_PER_SECOND
        spans.append(Span(track.ref, (at, at + lasts), (begins, begins + lasts)))
        passages.append(passage)
        at += lasts
    refs = tuple(track.ref for track in tracks)
    content = _file(np.concatenate(passages), "FLAC")
    return Planted(f"mixture-{number}", "mixture", refs, content, tuple(spans))


def _heard(track: Track) -> Any:
    sound, _ = soundfile.read(asset_path(track.file), dtype="float32")
    return sound


def _file(samples: Any, form: str) -> bytes:
    content = io.BytesIO()
    soundfile.write(content, samples, SAMPLES_PER_SECOND, format=form)
    return content.getvalue()
