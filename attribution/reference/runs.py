"""The reference model on the engine's command line: a folder of MIDI files and its checkpoints.

An example of what the owner of any model writes. Capture the gradients of everything in a folder,
then ask which of it shaped other pieces:

    python -m attribution.engine capture STORE --run attribution.reference.runs:midi_folder \\
        --with midi=TRAINING_FOLDER --with checkpoints=CHECKPOINT_FOLDER
    python -m attribution.engine query STORE --run attribution.reference.runs:midi_folder \\
        --with midi=FOLDER_OF_QUERIES --with checkpoints=CHECKPOINT_FOLDER

Segments are numbered through all files in the order of their paths. Owns nothing but this
translation, and is the only module of the reference model that imports the engine.
"""

from functools import partial
from pathlib import Path

import numpy as np

from attribution.engine.errors import EngineError
from attribution.engine.run import Run
from attribution.reference.checkpoints import list_checkpoints, load_model
from attribution.reference.segments import Corpus
from attribution.reference.task import CorpusTask
from attribution.reference.tokens import Vocabulary

CURVATURE_SEGMENTS = 256


def midi_folder(midi: str, checkpoints: str) -> Run:
    """Return the run of every MIDI file under `midi` with every checkpoint in `checkpoints`.

    Raises EngineError where there are none, UnreadableMusic for a file that is no music, and
    BrokenCheckpoint.
    """
    files, known = sorted(Path(midi).rglob("*.mid")), list_checkpoints(Path(checkpoints))
    if not files:
        raise EngineError(f"No MIDI file (*.mid) lies under {midi}.")
    if not known:
        raise EngineError(f"No checkpoint (step-*.json) lies in {checkpoints}.")
    vocabulary, context = Vocabulary(), int(known[0].record.model["context"])
    tracks = [vocabulary.encode_file(path) for path in files]
    corpus = Corpus.of(tracks, context, vocabulary.bos, vocabulary.pitches)
    n_segments = len(corpus.table)
    return Run(
        models={f"step-{c.record.step:06d}": partial(load_model, c) for c in known},
        task=CorpusTask(corpus),
        n_segments=n_segments,
        identity={
            "training_set": corpus.sha256(),
            "checkpoints": {f"step-{c.record.step:06d}": c.record.sha256 for c in known},
        },
        curvature_sample=np.unique(np.linspace(0, n_segments - 1, CURVATURE_SEGMENTS).astype(int)),
        tokens=corpus.table.length,
    )
