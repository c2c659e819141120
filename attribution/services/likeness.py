"""What is this piece like: the nearest training segments by cosine, for people, never for money."""

from dataclasses import dataclass

import numpy as np

from attribution.models import Generation
from attribution.services.arrivals import store_for
from attribution.services.scored import scored
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

    store = store_for(generation)
    if store is None:
        raise LookupError(
            f"There are no features of {generation.model_version}; capture its training set first."
        )
    found = scored(store, [generation])
    cosines, segments = engine.LookUp(found.store).nearest(found.rows, top)
    tracks = Track.objects.select_related("work").in_bulk(found.tracks.track_ids.tolist())
    nearest = [
        Likeness(
            track=tracks[int(found.tracks.track_ids[found.tracks.segment_track[segment]])],
            segment=found.tracks.number_in_track(int(segment)),
            piece_segment=int(found.queries.number[query]),
            cosine=float(cosine),
        )
        for query in range(len(cosines))
        for cosine, segment in zip(cosines[query], np.asarray(segments[query]), strict=True)
    ]
    return sorted(nearest, key=lambda likeness: -likeness.cosine)[:top]
