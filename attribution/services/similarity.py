"""What plain embedding similarity says of the same pieces: a comparison, never a payment.

It is what people use who do not attribute, so a run can be shown beside it.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from attribution.models import AttributionRun
from attribution.services.corpora import load_corpus
from attribution.services.queries import checkpoints_of, cut_generations, generations_of
from attribution.services.reading import reader_of
from attribution.services.score_files import save_scores, similarity_name
from common.jobs.dispatch import enqueue
from common.jobs.models import Job
from common.jobs.registry import Progress


def request_comparison(run: AttributionRun) -> Job:
    """Ask for the similarity of a run's generations to all tracks."""
    return enqueue(
        "attribution.compare_similarity", {"run": str(run.pk)}, queue="gpu", key=str(run.pk)
    )


def compare_similarity(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Write, for each generation and track, the mean over its segments of the best cosine."""
    run = AttributionRun.objects.select_related("feature_store__training_set").get(
        pk=payload["run"]
    )
    store = run.feature_store
    reader = reader_of(checkpoints_of(store)[-1])
    corpus = load_corpus(store.training_set, reader)
    generations = generations_of(run)
    cut = cut_generations(generations, reader)
    progress(0, 2, "embedding the catalogue")
    known = [corpus.corpus.sequence(place) for place in range(len(corpus.segment_track))]
    tracks = reader.embed(known)
    progress(1, 2, "embedding the generations")
    cosines = reader.embed(cut.sequences) @ tracks.T  # (q, n_segments)
    similarity = _by_track(cosines, cut.queries.generation, corpus.segment_track)
    save_scores(similarity_name(run), similarity, generations, corpus)
    return {}


def _by_track(
    cosines: NDArray[np.float32],
    query_generation: NDArray[np.int64],
    segment_track: NDArray[np.int64],
) -> NDArray[np.float32]:
    """Best cosine of each query segment with each track, averaged over queries: (G, n_tracks)."""
    starts = np.searchsorted(segment_track, np.arange(segment_track[-1] + 1))
    best = np.maximum.reduceat(cosines, starts, axis=1)  # (q, n_tracks)
    first = np.searchsorted(query_generation, np.arange(query_generation[-1] + 1))
    counts = np.bincount(query_generation)[:, None]
    return (np.add.reduceat(best, first, axis=0) / counts).astype(np.float32)
