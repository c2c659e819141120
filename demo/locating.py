"""Where in spliced pieces, and where in their sources, the influence was found to lie."""

from dataclasses import dataclass

from django.utils import timezone

from attribution.models import AttributionRun, Generation
from attribution.selectors.where import read_where
from attribution.services.where import request_where
from catalog.models import Track
from demo.pieces import Pieces
from demo.planting import Span
from demo.show import Show

NEAR_SECONDS = 2.0


@dataclass(frozen=True)
class Found:
    """A stretch that was found beside the one that was planted."""

    distance_seconds: float  # of their middles
    by_chance: float  # how often a middle drawn anywhere would be near enough


@dataclass(frozen=True)
class Located:
    """What was found of one splice."""

    in_piece: Found
    in_track: Found


def locate(show: Show, run: AttributionRun, pieces: Pieces) -> list[Located]:
    """Look where each spliced passage comes from, by the run's own gradients."""
    generations = {str(each.pk): each for each in pieces.planted_generations}
    tracks = {track.ref: track for track in Track.objects.all()}
    wanted = [
        (generations[pk], tracks[span.ref], span)
        for pk, planted in pieces.planted.items()
        for span in planted.spans
    ]
    with show.stage("Locate the spliced seconds") as stage:
        show.wait(
            [request_where(run, piece, track, as_of=timezone.now()) for piece, track, _ in wanted]
        )
        stage.outcome = f"{len(wanted)} passages in {len({piece for piece, _, _ in wanted})} pieces"
    return [_located(run, *each) for each in wanted]


def _located(run: AttributionRun, piece: Generation, track: Track, span: Span) -> Located:
    where = read_where(run, piece, track)
    in_piece, in_track = where.strongest()
    return Located(
        _found(in_piece, span.in_piece, float(where.piece_seconds[-1, 1])),
        _found(in_track, span.in_track, float(where.track_seconds[-1, 1])),
    )


def _found(found: tuple[float, float], true: tuple[float, float], lasts: float) -> Found:
    middle = sum(true) / 2
    near = min(lasts, middle + NEAR_SECONDS) - max(0.0, middle - NEAR_SECONDS)
    return Found(abs(sum(found) / 2 - middle), near / lasts)
