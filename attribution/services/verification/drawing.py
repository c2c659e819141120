"""Drawing the pieces whose features are verified.

A piece takes part in the lot of the day on which its features were received. Whatever the lot says,
one piece of each day is drawn, the one with the least lot; and once features of a platform were
refuted, all that it sends is. A draw is kept before anybody acts on it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction

from attribution.exchange.lot import WHOLE_PPM, Ticket, is_drawn, least, segments_drawn
from attribution.models import DrawSeed, FeatureDraw, FeatureFinding, GenerationFeatures
from attribution.services.verification.recomputing import can_recompute, request_recomputation
from attribution.services.verification.seeds import day_of, is_over, secret_of, seed_of
from attribution.services.verification.telling import tell_challenge
from attribution.services.verification.terms import (
    ANSWER_WITHIN,
    SEGMENTS,
    SUSPICION,
    usual_rate_ppm,
)
from catalog.models import ModelVersion, Platform

Cause = FeatureDraw.Cause
Standing = GenerationFeatures.Standing


def draw_due(as_of: datetime) -> list[FeatureDraw]:
    """Draw among all features that nobody has looked at; drawn again, it is the same."""
    drawn = []
    for (model_version, day), waiting in _waiting().items():
        drawn += _draw_day(seed_of(model_version, day), waiting, as_of)
    return drawn


def is_suspected(platform: Platform, as_of: datetime) -> bool:
    """Whether features of the platform were refuted not long ago."""
    return FeatureFinding.objects.filter(
        features__generation__platform=platform,
        standing=Standing.REFUTED,
        found_at__gt=as_of - SUSPICION,
    ).exists()


def _waiting() -> dict[tuple[ModelVersion, date], list[GenerationFeatures]]:
    """Features that are neither verified nor drawn, by model version and day."""
    unseen = GenerationFeatures.objects.filter(standing=Standing.UNVERIFIED, draw=None)
    unseen = unseen.select_related("generation__asset", "feature_store__model_version__platform")
    found = defaultdict(list)
    for features in unseen.order_by("pk").iterator(chunk_size=2000):
        key = (features.feature_store.model_version, day_of(features.received_at))
        found[key].append(features)
    return found


def _draw_day(
    seed: DrawSeed, waiting: Sequence[GenerationFeatures], as_of: datetime
) -> list[FeatureDraw]:
    """Draw among a day's features."""
    if is_suspected(seed.model_version.platform, as_of):
        return [_keep(each, seed, Cause.SUSPICION, WHOLE_PPM, as_of) for each in waiting]
    rate_ppm, secret = usual_rate_ppm(), secret_of(seed)
    chosen = [each for each in waiting if is_drawn(secret, ticket_of(each), rate_ppm)]
    drawn = [_keep(each, seed, Cause.LOT, rate_ppm, as_of) for each in chosen]
    if is_over(seed.day, as_of) and not drawn and not seed.draws.exists():
        drawn = [_keep(_least(secret, waiting), seed, Cause.LEAST, rate_ppm, as_of)]
    return drawn


def ticket_of(features: GenerationFeatures) -> Ticket:
    return Ticket(features.generation_id, features.root)


def _least(secret: bytes, waiting: Iterable[GenerationFeatures]) -> GenerationFeatures:
    by_ticket = {ticket_of(each): each for each in waiting}
    return by_ticket[least(secret, by_ticket)]


@transaction.atomic
def _keep(
    features: GenerationFeatures, seed: DrawSeed, cause: str, rate_ppm: int, as_of: datetime
) -> FeatureDraw:
    """Write the draw down, and have it followed: by a job where we can, else by a challenge."""
    is_ours = can_recompute(features)
    ticket, count = ticket_of(features), features.segment_count
    draw, is_new = FeatureDraw.objects.get_or_create(
        features=features,
        defaults={
            "seed": seed,
            "cause": cause,
            "rate_ppm": rate_ppm,
            "segments": segments_drawn(secret_of(seed), ticket, count, SEGMENTS),
            "drawn_at": as_of,
            "due_at": None if is_ours else as_of + ANSWER_WITHIN,
        },
    )
    if is_new:
        follow = request_recomputation if draw.due_at is None else tell_challenge
        follow(draw)
    return draw
