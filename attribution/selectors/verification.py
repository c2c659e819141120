"""What is known of features that a platform computed: drawn or not, checked how, and by which lot.

Read as whoever asks: a secret that is not revealed, and draws of others, are not there.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from attribution.exchange.agreement import Tolerance
from attribution.exchange.lot import chance_unseen
from attribution.models import (
    DrawSecret,
    DrawSeed,
    FeatureDraw,
    FeatureFinding,
    FeatureStore,
    Generation,
    GenerationFeatures,
)

Standing = GenerationFeatures.Standing
CHECKED = (Standing.RECOMPUTED, Standing.OPENED, Standing.REFUTED)
TEN_PERCENT = 0.1
WORDS = {
    Standing.UNVERIFIED: "Computed by the platform, not verified",
    Standing.RECOMPUTED: "Computed by the platform, recomputed in part and equal",
    Standing.SAMPLED: "Computed by the platform, others of its day recomputed and equal",
    Standing.OPENED: "Computed by the platform, content opened, gradients not recomputed",
    Standing.REFUTED: "Computed by the platform and refuted",
    Standing.OVERDUE: "Computed by the platform, which has not answered a challenge",
}


@dataclass(frozen=True)
class DayOfLots:
    """The lot of a model version's day, and what came of it so far."""

    day: date
    seed: DrawSeed | None  # none before the first pass over that day
    secret: str  # hex; empty until it is revealed
    pieces: int
    drawn: int
    checked: int

    @property
    def unseen_at_ten_percent(self) -> float:
        """The chance that nothing was found, had one in ten of the day's pieces been false."""
        return chance_unseen(TEN_PERCENT, self.checked)


@dataclass(frozen=True)
class Verification:
    """All that is known of one piece's features."""

    features: GenerationFeatures
    draw: FeatureDraw | None
    finding: FeatureFinding | None  # the last one
    day: DayOfLots
    tolerance: Tolerance

    @property
    def sentence(self) -> str:
        """In words, for whoever is paid by them."""
        return _sentence(self.features, self.finding)


def verification_of(features: GenerationFeatures, tolerance: Tolerance) -> Verification:
    """What is known of a piece's features."""
    return Verification(
        features=features,
        draw=FeatureDraw.objects.filter(features=features).first(),
        finding=_last_finding(features),
        day=_day_of_lots(features),
        tolerance=tolerance,
    )


def sentence_of(features: GenerationFeatures) -> str:
    """What is known of features, in words, for whoever is paid by them."""
    return _sentence(features, _last_finding(features))


def label_of(generation: Generation, store: FeatureStore) -> str:
    """The same of the features by which a piece was attributed; empty where we computed them."""
    sent = GenerationFeatures.objects.filter(generation=generation, feature_store=store).first()
    return "" if sent is None else sentence_of(sent)


def _last_finding(features: GenerationFeatures) -> FeatureFinding | None:
    return features.findings.order_by("-pk").first()


def _sentence(features: GenerationFeatures, finding: FeatureFinding | None) -> str:
    told = WORDS[Standing(features.standing)]
    return f"{told}. {finding.sentence}" if finding else f"{told}."


def features_of_day(model_version_id: int, day: date) -> QuerySet[GenerationFeatures]:
    """The features that take part in the lot of a model version's day, in UTC."""
    begins = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return GenerationFeatures.objects.filter(
        feature_store__model_version=model_version_id,
        received_at__gte=begins,
        received_at__lt=begins + timedelta(days=1),
    )


def challenges() -> QuerySet[FeatureDraw]:
    """Draws that ask the platform to open something."""
    return FeatureDraw.objects.filter(due_at__isnull=False).select_related(
        "features__generation", "features__feature_store", "opening", "seed"
    )


def is_open(draw: FeatureDraw) -> bool:
    """Whether a challenge waits for its answer; a late one still counts."""
    return not hasattr(draw, "opening") and draw.features.standing in {
        Standing.UNVERIFIED,
        Standing.OVERDUE,
    }


def is_late(draw: FeatureDraw) -> bool:
    return is_open(draw) and draw.due_at is not None and draw.due_at <= timezone.now()


def _day_of_lots(features: GenerationFeatures) -> DayOfLots:
    day = features.received_at.astimezone(UTC).date()
    version = features.feature_store.model_version_id
    seed = DrawSeed.objects.filter(model_version=version, day=day).first()
    secret = DrawSecret.objects.filter(seed=seed, revealed_at__isnull=False).first()
    everything = features_of_day(version, day)
    drawn = everything.filter(draw__isnull=False)
    return DayOfLots(
        day=day,
        seed=seed,
        secret="" if seed is None or secret is None else secret.secret,
        pieces=everything.count(),
        drawn=drawn.count(),
        checked=drawn.filter(standing__in=CHECKED).count(),
    )
