"""Two runs side by side: what differs in how they were made, and whether they say the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from numpy.typing import NDArray

from attribution.models import Attribution, AttributionRun
from common.money import PPB
from portal.engineer.guard import EngineerRequest, for_engineers, own_runs
from portal.engineer.quality import Figure, figures_of

# That are compared, by their ids: as good as chance, and the same every time. Of 200 pieces a mean
# overlap is known to 0.02 or better, and a page that compares more is slow.
MOST_PIECES = 200
RUNS_TO_CHOOSE = 50
Float64Array = NDArray[np.float64]
Shares = Mapping[int, int]  # ppb by track


@dataclass(frozen=True)
class PieceAgreement:
    """How far two runs agree about one piece."""

    generation: str
    overlap: float  # the part of the piece that both give to the same, unattributed included
    rank_correlation: float | None  # over tracks that either pays; None for fewer than two


@dataclass(frozen=True)
class Agreement:
    """How far two runs agree about the pieces that both attributed."""

    common: int
    compared: tuple[PieceAgreement, ...]

    @property
    def overlap(self) -> float | None:
        return _mean([piece.overlap for piece in self.compared])

    @property
    def rank_correlation(self) -> float | None:
        known = [each.rank_correlation for each in self.compared]
        return _mean([value for value in known if value is not None])

    @property
    def furthest(self) -> list[PieceAgreement]:
        """The pieces about which they agree least."""
        return sorted(self.compared, key=lambda piece: piece.overlap)[:10]


@require_safe
@for_engineers
def compare(request: EngineerRequest) -> HttpResponse:
    """Choose two runs, or see them side by side."""
    finished = own_runs(request).filter(finished_at__isnull=False).order_by("-finished_at")
    asked = [request.GET.get(name, "") for name in ("first", "second")]
    context: dict[str, Any] = {"choices": finished[:RUNS_TO_CHOOSE], "asked": asked}
    if all(asked):
        first, second = (get_object_or_404(finished, pk=_id(text)) for text in asked)
        context |= {
            "pair": (first, second),
            "settings": differences(settings_of(first), settings_of(second)),
            "figures": _beside(figures_of(first.quality), figures_of(second.quality)),
            "agreement": agreement_of(first, second),
        }
    return render(request, "portal/engineer/compare.html", context)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


def settings_of(run: AttributionRun) -> dict[str, str]:
    """How a run was made, setting by setting, as text."""
    store = run.feature_store
    said = {
        _("Model"): store.model_version.ref,
        _("Method"): run.method,
        _("Program"): run.code_version,
        _("Features"): store.digest[:16],
        _("Training set"): store.training_set.digest[:16],
        _("Pieces"): str(len(run.config.get("generations", ()))),
    }
    return said | {name: text for name, text in _flat(store.config) if len(text) < 200}


def _flat(config: Mapping[str, Any], before: str = "") -> list[tuple[str, str]]:
    """A configuration as (path, text) with dots between names."""
    found = []
    for name, value in sorted(config.items()):
        if isinstance(value, dict):
            found += _flat(value, f"{before}{name}.")
        else:
            found.append((f"{before}{name}", str(value)))
    return found


def differences(
    first: Mapping[str, str], second: Mapping[str, str]
) -> list[tuple[str, str, str, bool]]:
    """(setting, first, second, whether they differ), those that differ at the beginning."""
    names = list(dict.fromkeys([*first, *second]))
    rows = [(name, first.get(name, "–"), second.get(name, "–")) for name in names]
    told = [(name, one, other, one != other) for name, one, other in rows]
    return sorted(told, key=lambda row: not row[3])


def agreement_of(first: AttributionRun, second: AttributionRun) -> Agreement:
    """Compare the shares of two runs over the pieces that both attributed."""
    both = Attribution.objects.filter(run=first, generation__attributions__run=second)
    rows = both.order_by("generation_id").select_related("generation")[:MOST_PIECES]
    mine = {row.generation_id: row for row in rows}
    theirs = Attribution.objects.filter(run=second, generation__in=mine)
    compared = [
        PieceAgreement(
            mine[row.generation_id].generation.external_id,
            *compare_shares(_shares(mine[row.generation_id]), _shares(row)),
        )
        for row in theirs
    ]
    return Agreement(both.count(), tuple(compared))


def compare_shares(first: Shares, second: Shares) -> tuple[float, float | None]:
    """(overlap, rank correlation) of two splits of one piece.

    The overlap is the sum over tracks of the smaller share, with what neither gives to a track;
    1 is agreement to the last part. The correlation is Spearman's over the tracks that either pays,
    ties at their mean rank; a track that one does not pay has a share of 0 there.
    """
    unpaid = PPB - max(sum(first.values()), sum(second.values()))
    tracks = sorted({*first, *second})
    shared = sum(min(first.get(track, 0), second.get(track, 0)) for track in tracks)
    columns = [[run.get(track, 0) for track in tracks] for run in (first, second)]
    return (shared + unpaid) / PPB, _spearman(*columns)


def _spearman(first: Sequence[int], second: Sequence[int]) -> float | None:
    if len(first) < 2:
        return None
    one, other = _mean_ranks(first), _mean_ranks(second)
    spread = float(np.std(one) * np.std(other))
    if spread == 0:
        return None
    return float(np.mean((one - one.mean()) * (other - other.mean())) / spread)


def _mean_ranks(values: Sequence[int]) -> Float64Array:
    _, places, counts = np.unique(np.asarray(values), return_inverse=True, return_counts=True)
    ranks: Float64Array = (np.cumsum(counts) - (counts - 1) / 2)[places]
    return ranks


def _shares(row: Attribution) -> Shares:
    return dict(zip(row.track_ids, row.share_ppb, strict=True))


def _beside(first: list[Figure], second: list[Figure]) -> list[tuple[Figure, Figure]]:
    return list(zip(first, second, strict=True))


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
