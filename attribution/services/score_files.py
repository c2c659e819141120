"""Files that keep a number for every generation and every track of a run.

The rows in the database say what is paid; these say how everything else scored, so that an auditor
can see what was not paid too.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.core.files.storage import default_storage
from numpy.typing import NDArray

from attribution.models import AttributionRun, Generation
from attribution.services.corpora import ScoredTracks
from common.storage import put


@dataclass(frozen=True)
class ScoreTable:
    """Numbers of generations (rows) against tracks (columns)."""

    values: NDArray[np.float32]  # (G, n_tracks)
    generation_ids: list[str]
    track_ids: NDArray[np.int64]
    roles: list[str]  # of the tracks in the training set


def standard_scores_name(run: AttributionRun) -> str:
    return f"attribution/{run.pk}-standard-scores.npz"


def similarity_name(run: AttributionRun) -> str:
    return f"attribution/{run.pk}-similarity.npz"


def save_scores(
    name: str,
    values: NDArray[np.floating],
    generations: Sequence[Generation],
    corpus: ScoredTracks,
) -> None:
    """Write a table under a name; one that a killed attempt left there is replaced."""
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        values=values.astype(np.float32),
        generation_ids=np.array([str(generation.pk) for generation in generations]),
        track_ids=corpus.track_ids,
        roles=np.array(corpus.roles),
    )
    put(name, buffer.getvalue())


def load_scores(name: str) -> ScoreTable:
    with default_storage.open(name) as handle, np.load(handle, allow_pickle=False) as saved:
        return ScoreTable(
            values=saved["values"],
            generation_ids=saved["generation_ids"].tolist(),
            track_ids=saved["track_ids"],
            roles=saved["roles"].tolist(),
        )
