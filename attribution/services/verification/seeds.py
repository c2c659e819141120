"""The secret of each day: bound by its hash before the day begins, shown when it was drawn."""

from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from attribution.exchange.lot import commitment_to, new_secret
from attribution.models import DrawSecret, DrawSeed, FeatureStore
from catalog.models import ModelVersion

# What was received just before midnight may be written just after it.
GRACE = timedelta(hours=1)


def day_of(moment: datetime) -> date:
    """The day to whose lot a moment belongs, in UTC."""
    return moment.astimezone(UTC).date()


def is_over(day: date, as_of: datetime) -> bool:
    """Whether all features of a day have arrived."""
    return day < day_of(as_of - GRACE)


def announce_seeds(as_of: datetime) -> None:
    """Publish the commitments of today and tomorrow, for each model with a platform's store."""
    stores = FeatureStore.objects.filter(origin=FeatureStore.Origin.PLATFORM)
    wanted = ModelVersion.objects.filter(feature_stores__in=stores).distinct()
    for model_version in wanted:
        for days in (0, 1):
            seed_of(model_version, day_of(as_of) + timedelta(days=days))


@transaction.atomic
def seed_of(model_version: ModelVersion, day: date) -> DrawSeed:
    """The day's seed; made now if nobody announced it, which its date then tells."""
    known = DrawSeed.objects.filter(model_version=model_version, day=day).first()
    if known is not None:
        return known
    secret = new_secret()
    seed, is_new = DrawSeed.objects.get_or_create(
        model_version=model_version, day=day, defaults={"commitment": commitment_to(secret)}
    )
    if is_new:
        DrawSecret.objects.create(seed=seed, secret=secret.hex())
    return seed


def secret_of(seed: DrawSeed) -> bytes:
    return bytes.fromhex(seed.kept.secret)


def reveal_secrets(as_of: datetime) -> None:
    """Show the secrets of days that are over. All pieces of these days must have been drawn."""
    hidden = DrawSecret.objects.filter(revealed_at=None, seed__day__lt=day_of(as_of - GRACE))
    hidden.update(revealed_at=as_of)
