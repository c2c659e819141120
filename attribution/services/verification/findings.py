"""What was found about features: a row that stays, and the standing that follows from it."""

from collections.abc import Sequence
from datetime import datetime
from math import isfinite

from django.db import transaction
from django.db.models import Q

from attribution.exchange.agreement import Agreement
from attribution.models import DrawSeed, FeatureDraw, FeatureFinding, GenerationFeatures
from attribution.selectors.verification import features_of_day
from attribution.services.verification.telling import tell_refuted
from attribution.services.verification.terms import ANSWER_WITHIN

Standing = GenerationFeatures.Standing
UNDECIDED = (Standing.UNVERIFIED, Standing.OVERDUE)


@transaction.atomic
def record(
    features: GenerationFeatures,
    standing: str,
    sentence: str,
    *,
    as_of: datetime,
    segments_checked: int = 0,
    agreement: Agreement | None = None,
) -> None:
    """Keep a finding about features that nothing final is known of; of two, the first one stays."""
    locked = GenerationFeatures.objects.select_for_update().get(pk=features.pk)
    if locked.standing not in UNDECIDED or locked.standing == standing:
        return
    FeatureFinding.objects.create(
        features=locked,
        standing=standing,
        sentence=sentence,
        segments_checked=segments_checked,
        cosine_gap=None if agreement is None else _finite(agreement.cosine_gap),
        norm_gap=None if agreement is None else _finite(agreement.norm_gap),
        found_at=as_of,
    )
    locked.standing = standing
    locked.save(update_fields=["standing"])
    if standing == Standing.REFUTED:
        tell_refuted(locked, sentence)


def _finite(gap: float) -> float | None:
    """No number where rows could not be compared, because one of them is zero."""
    return gap if isfinite(gap) else None


def mark_overdue(as_of: datetime) -> None:
    """Challenges that were not answered in time; an answer that comes later still counts."""
    late = FeatureDraw.objects.filter(
        due_at__lte=as_of, opening=None, features__standing=Standing.UNVERIFIED
    )
    for draw in late.select_related("features"):
        record(
            draw.features,
            Standing.OVERDUE,
            f"The challenge was not answered in {ANSWER_WITHIN.days} days.",
            as_of=as_of,
        )


def settle_days(as_of: datetime) -> None:
    """Tell the standing of those pieces of a day that were not drawn by those that were.

    Nothing is told of them while one of the drawn is undecided, nor where one was refuted.
    """
    over = DrawSeed.objects.filter(kept__revealed_at__isnull=False)
    for seed in over.filter(_has_waiting()).distinct():
        drawn = [draw.features.standing for draw in seed.draws.select_related("features")]
        if drawn and set(drawn) <= {Standing.RECOMPUTED, Standing.OPENED}:
            _settle(seed, drawn, as_of)


def _has_waiting() -> Q:
    features = "model_version__feature_stores__generation_features"
    return Q(**{f"{features}__standing": Standing.UNVERIFIED, f"{features}__draw": None})


def _settle(seed: DrawSeed, drawn: Sequence[str], as_of: datetime) -> None:
    is_recomputed = set(drawn) == {Standing.RECOMPUTED}
    standing = Standing.SAMPLED if is_recomputed else Standing.OPENED
    count, verb = len(drawn), "was" if len(drawn) == 1 else "were"
    how = "recomputed by us and found equal" if is_recomputed else "opened, or recomputed"
    sentence = f"It was not drawn. The {count:,} of its day that {verb} drawn {verb} {how}."
    waiting = features_of_day(seed.model_version_id, seed.day).filter(
        standing=Standing.UNVERIFIED, draw=None
    )
    for features in waiting.iterator(chunk_size=2000):
        record(features, standing, sentence, as_of=as_of)
