"""Did attribution find the true sources of the planted pieces, and did similarity?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from attribution.models import Attribution, AttributionRun
from attribution.services.score_files import (
    ScoreTable,
    load_scores,
    similarity_name,
    standard_scores_name,
)
from catalog.models import Track, TrainingRole
from demo.planting import Planted


@dataclass(frozen=True)
class Finding:
    """How one planted piece fared. Ranks count from 1 among the tracks that can be paid."""

    piece: Planted
    ranks: tuple[int, ...]  # of its true sources by influence; empty for a control's copy
    similarity_ranks: tuple[int, ...]  # of its true sources by embedding similarity
    true_share: float  # of its value that went to its true sources
    other_share: float  # of its value that went to anyone else

    @property
    def unattributed(self) -> float:
        return 1.0 - self.true_share - self.other_share


def findings(run: AttributionRun, planted: Mapping[str, Planted]) -> list[Finding]:
    """Compare a run with what is known of the planted pieces (by the generation's id)."""
    influence = load_scores(standard_scores_name(run))
    similarity = load_scores(similarity_name(run))
    ids = dict(Track.objects.values_list("ref", "pk"))
    rows = {str(row.generation_id): row for row in run.attributions.all()}
    return [
        _finding(
            piece,
            generation,
            rows[generation],
            [ids[ref] for ref in piece.sources],
            influence,
            similarity,
        )
        for generation, piece in planted.items()
    ]


def _finding(
    piece: Planted,
    generation: str,
    row: Attribution,
    sources: Sequence[int],
    influence: ScoreTable,
    similarity: ScoreTable,
) -> Finding:
    is_control = piece.kind == "control"
    shares = dict(zip(row.track_ids, row.share_ppb, strict=True))
    true = 0 if is_control else sum(shares.get(track, 0) for track in sources)
    return Finding(
        piece=piece,
        ranks=() if is_control else _ranks(influence, generation, sources),
        similarity_ranks=() if is_control else _ranks(similarity, generation, sources),
        true_share=true / 1e9,
        other_share=(sum(shares.values()) - true) / 1e9,
    )


def _ranks(table: ScoreTable, generation: str, sources: Sequence[int]) -> tuple[int, ...]:
    """Ranks of the sources among trained tracks, best first."""
    scores = table.values[table.generation_ids.index(generation)]
    trained = np.array(table.roles) == TrainingRole.TRAIN.value
    own = scores[np.isin(table.track_ids, sources)]
    return tuple(sorted(int((scores[trained] > score).sum()) + 1 for score in own))
