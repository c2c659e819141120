"""The reference model on the engine's command line: MIDI files and the model's checkpoints.

An example of what the owner of any model writes. Capture the gradients of everything in a folder,
then ask which of it shaped other pieces:

    python -m attribution.engine capture STORE --run attribution.reference.runs:midi_folder \\
        --with midi=TRAINING_FOLDER --with checkpoints=CHECKPOINT_FOLDER
    python -m attribution.engine query STORE --run attribution.reference.runs:midi_folder \\
        --with midi=FOLDER_OF_QUERIES --with checkpoints=CHECKPOINT_FOLDER

`training_set` does the same for a training set that was agreed on, whose store can be handed over;
`midi_folder` then also makes the features of pieces. Segments are numbered through all files in
order. Owns nothing but this translation, and is the only module of the reference model that imports
the engine.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from attribution.engine.errors import EngineError
from attribution.engine.run import Run
from attribution.engine.store.tracks import SegmentedTrack
from attribution.reference.arrays import IntArray
from attribution.reference.checkpoints import Checkpoint, list_checkpoints, load_model
from attribution.reference.segments import Corpus, spread
from attribution.reference.task import CorpusTask
from attribution.reference.tokens import Vocabulary

CURVATURE_SEGMENTS = 256
TRAINED = "train"  # the role of the tracks that the model was trained on
PIECE = "piece"


def midi_folder(midi: str, checkpoints: str) -> Run:
    """Return the run of every MIDI file under `midi` with every checkpoint in `checkpoints`.

    A piece is named by its path without the ending. Raises EngineError where there are none,
    UnreadableMusic for a file that is no music, and BrokenCheckpoint.
    """
    root = Path(midi)
    files = sorted(root.rglob("*.mid"))
    if not files:
        raise EngineError(f"No MIDI file (*.mid) lies under {midi}.")
    names = [path.relative_to(root).with_suffix("").as_posix() for path in files]
    known = _checkpoints(Path(checkpoints))
    corpus = _corpus(files, known)
    tracks = _tracks(names, [PIECE] * len(files), map(_sha256, files), corpus)
    segments = np.arange(len(corpus.table))
    identity = {"training_set": corpus.sha256()}
    return _run(corpus, known, identity, tracks, spread(segments, CURVATURE_SEGMENTS))


def training_set(
    manifest: str, files: str, checkpoints: str, curvature_segments: str = str(CURVATURE_SEGMENTS)
) -> Run:
    """Return the run of a frozen training set, its tracks found by their hashes under `files`.

    `manifest` is a JSON file with the set's `sha256` and its `tracks` in order, each with `ref`,
    `role` and `sha256`. Raises EngineError for a track whose file is not there, and as
    `midi_folder` does.
    """
    listed = _read_manifest(Path(manifest))
    by_hash = {_sha256(path): path for path in sorted(Path(files).rglob("*.mid"))}
    if missing := [track["ref"] for track in listed["tracks"] if track["sha256"] not in by_hash]:
        raise EngineError(f"Under {files} lies no file of track {missing[0]!r} by its sha256.")
    known = _checkpoints(Path(checkpoints))
    corpus = _corpus([by_hash[track["sha256"]] for track in listed["tracks"]], known)
    refs, roles, hashes = (
        [track[name] for track in listed["tracks"]] for name in ("ref", "role", "sha256")
    )
    tracks = _tracks(refs, roles, hashes, corpus)
    trained = np.array([role == TRAINED for role in roles])
    segments = np.flatnonzero(trained[corpus.table.track_index])
    identity = {"training_set": listed["sha256"], "corpus": corpus.sha256()}
    return _run(corpus, known, identity, tracks, spread(segments, int(curvature_segments)))


def _run(
    corpus: Corpus,
    known: dict[str, "_Known"],
    identity: dict[str, Any],
    tracks: Sequence[SegmentedTrack],
    curvature_sample: IntArray,
) -> Run:
    return Run(
        models={name: partial(load_model, each.checkpoint) for name, each in known.items()},
        task=CorpusTask(corpus),
        n_segments=len(corpus.table),
        identity=identity
        | {
            "checkpoints": {name: each.checkpoint.record.sha256 for name, each in known.items()},
            "runs": {name: each.run for name, each in known.items()},
        },
        curvature_sample=curvature_sample,
        tokens=corpus.table.length,
        tracks=tracks,
        content=_content(corpus),
    )


def _content(corpus: Corpus) -> Callable[[int], bytes]:
    """A segment's tokens as 16-bit little-endian numbers."""
    return lambda segment: corpus.sequence(segment).astype("<i2").tobytes()


class _Known(NamedTuple):
    """A checkpoint, and the training run that it is of: those of one run are no witnesses of one
    another."""

    run: str
    checkpoint: Checkpoint


def _checkpoints(folder: Path) -> dict[str, _Known]:
    """Every checkpoint in the folder by its step, or in its folders by their names too."""
    found = {f"step-{each.record.step:06d}": _Known("0", each) for each in list_checkpoints(folder)}
    for inner in sorted(path for path in folder.glob("*") if path.is_dir()):
        for each in list_checkpoints(inner):
            found[f"{inner.name}-step-{each.record.step:06d}"] = _Known(inner.name, each)
    if not found:
        raise EngineError(f"No checkpoint (step-*.json) lies in {folder}.")
    return found


def _corpus(files: Sequence[Path], known: dict[str, _Known]) -> Corpus:
    vocabulary = Vocabulary()
    context = int(next(iter(known.values())).checkpoint.record.model["context"])
    tracks = [vocabulary.encode_file(path) for path in files]
    return Corpus.of(tracks, context, vocabulary.bos, vocabulary.pitches)


def _tracks(
    refs: Sequence[str], roles: Sequence[str], hashes: Any, corpus: Corpus
) -> list[SegmentedTrack]:
    counts = np.bincount(corpus.table.track_index).tolist()
    return [SegmentedTrack(*each) for each in zip(refs, hashes, roles, counts, strict=True)]


def _read_manifest(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EngineError(f"The training set {path} cannot be read: {error}") from error


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
