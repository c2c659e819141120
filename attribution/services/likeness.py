"""What is this piece like: the nearest training segments by cosine, for people, never for money."""

from dataclasses import dataclass

import numpy as np

from attribution.models import FeatureStore, Generation
from attribution.services.attributing import open_sealed, query_rows
from catalog.models import Track


@dataclass(frozen=True)
class Likeness:
    """A segment of a training track beside a segment of the piece, both counted from 0."""

    track: Track
    segment: int
    piece_segment: int
    cosine: float


def nearest_segments(generation: Generation, *, top: int) -> list[Likeness]:
    """The training segments whose gradients point most the way of the piece's, best first.

    Raises:
        LookupError: the generation's model version has no sealed feature store.
    """
    from attribution import engine

    store = (
        FeatureStore.objects.exclude(digest="")
        .filter(model_version=generation.model_version)
        .order_by("-sealed_at")
        .first()
    )
    if store is None:
        raise LookupError(
            f"There are no features of {generation.model_version}; capture its training set first."
        )
    queries, rows, corpus = query_rows(store, [generation])
    cosines, segments = engine.LookUp(open_sealed(store, corpus)).nearest(rows, top)
    tracks = Track.objects.select_related("work").in_bulk(corpus.track_ids.tolist())
    found = [
        Likeness(
            track=tracks[int(corpus.track_ids[corpus.segment_track[segment]])],
            segment=corpus.number_in_track(int(segment)),
            piece_segment=int(queries.number[query]),
            cosine=float(cosine),
        )
        for query in range(len(cosines))
        for cosine, segment in zip(cosines[query], np.asarray(segments[query]), strict=True)
    ]
    return sorted(found, key=lambda likeness: -likeness.cosine)[:top]
