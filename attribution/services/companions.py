"""What chance scores, told by pieces that are always there: the store's own trained tracks.

Pieces that are attributed as they arrive must not be judged by those that happen to arrive with
them, or the same piece would earn more in a quiet night than in a busy hour. So the trained tracks
stand in for generated pieces: what they score against controls, which no model has seen, is chance
as well, their rows lie in the store, and they are the same for every run.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from attribution.services.corpora import ScoredTracks
from catalog.models import TrainingRole

if TYPE_CHECKING:
    from attribution import engine

MOST_TRACKS = 256  # evenly spread over the training set; all scores are held in memory


class Companions:
    """Trained tracks as pieces; `track` numbers them from 0, one entry a segment."""

    def __init__(self, corpus: ScoredTracks) -> None:
        roles = np.array(corpus.roles)
        trained = np.flatnonzero(roles == TrainingRole.TRAIN)
        places = np.linspace(0, len(trained) - 1, min(MOST_TRACKS, len(trained)))
        chosen = trained[places.astype(np.int64)]
        self._segments = np.flatnonzero(np.isin(corpus.segment_track, chosen))
        self.track: NDArray[np.int64] = np.unique(
            corpus.segment_track[self._segments], return_inverse=True
        )[1]

    def rows(self, store: "engine.FeatureStore", member: str) -> "engine.FloatArray":
        """Their rows under a member, (segments of all of them, k)."""
        parts = []
        for shard in range(store.n_shards):
            start, stop = store.description.shard_range(shard)
            within = self._segments[(self._segments >= start) & (self._segments < stop)] - start
            if len(within):
                parts.append(store.shard_rows(member, shard)[within])
        return np.concatenate(parts)
