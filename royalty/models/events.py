"""What platforms report: uses of generated pieces, and revenue. Append-only, and counted once.

Rows arrive only through `royalty.services.intake`. The database refuses to change or delete them.
It takes events of a day while the day's period is open, and, marked late, when it is closed (see
migrations/sql).

A correction is another event, which replaces the one that `corrects` names: an event of an earlier
file, of the same service and day, and no correction itself. Of several the one that came last
counts; the files of a platform are numbered in the order in which they came.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from attribution.models import Generation
from catalog.models import Platform
from royalty.models.rates import ExchangeRate

ID_LENGTH = 100


class EventKind(models.TextChoices):
    """What a file reports."""

    USAGE = "usage"
    REVENUE = "revenue"


class RevenueKind(models.TextChoices):
    """What was paid for: a subscription, one generated piece, or having trained."""

    SUBSCRIPTION = "subscription"
    OUTPUT = "output"
    TRAINING = "training"


class IntakeFile(models.Model):
    """A file of events that was taken in. The same bytes are the same file.

    `new_count` events were counted; `known_count` lines repeated what was known already;
    `refused_count` lines were left out because something is wrong with them. Such a file may come
    again, for what was wrong may have been mended.
    """

    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="intake_files")
    kind = models.CharField(max_length=16, choices=EventKind)
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=300)
    message = models.CharField(max_length=300, blank=True, db_default="")  # DSR: sender, MessageId
    line_count = models.PositiveBigIntegerField()
    new_count = models.PositiveBigIntegerField()
    known_count = models.PositiveBigIntegerField()
    refused_count = models.PositiveBigIntegerField(default=0, db_default=0)
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["platform", "kind", "sha256"],
                condition=Q(refused_count=0),
                name="a_file_is_taken_once",
            ),
            models.UniqueConstraint(
                fields=["platform", "message"],
                condition=~Q(message=""),
                name="a_message_id_is_used_once",
            ),
            models.CheckConstraint(
                condition=Q(line_count=F("new_count") + F("known_count") + F("refused_count")),
                name="every_line_is_new_known_or_refused",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class UsageEvent(models.Model):
    """A subscriber used a generated piece `count` times. The day is that of `used_at` in UTC."""

    platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, related_name="usage_events", db_index=False
    )
    event_id = models.CharField(max_length=ID_LENGTH)
    service = models.SlugField(max_length=50, db_index=False)
    generation = models.ForeignKey(Generation, on_delete=models.PROTECT, related_name="uses")
    subscriber = models.CharField(max_length=ID_LENGTH)  # the platform's pseudonym
    used_at = models.DateTimeField()
    count = models.PositiveIntegerField()
    intake_file = models.ForeignKey(
        IntakeFile, on_delete=models.PROTECT, related_name="usage_events", db_index=False
    )
    corrects = models.CharField(max_length=ID_LENGTH, blank=True, db_default="")  # an event's id
    is_late = models.BooleanField(db_default=False)  # came when its day's period was closed

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["platform", "event_id"], name="a_use_counts_once"),
            models.UniqueConstraint(
                fields=["platform", "corrects", "intake_file"],
                condition=~Q(corrects=""),
                name="a_use_is_corrected_once_a_file",
            ),
            models.CheckConstraint(
                condition=Q(count__gt=0) | ~Q(corrects=""), name="uses_are_counted"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["platform", "service", "used_at"], name="usage_of_a_period"),
            models.Index(
                fields=["platform", "service", "used_at"],
                condition=Q(is_late=True),
                name="late_usage",
            ),
        ]

    def __str__(self) -> str:
        return self.event_id


class RevenueEvent(models.Model):
    """Money of a day: earned by a subscription or a generated piece, or paid for training."""

    platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, related_name="revenue_events", db_index=False
    )
    event_id = models.CharField(max_length=ID_LENGTH)
    service = models.SlugField(max_length=50, db_index=False)
    kind = models.CharField(max_length=16, choices=RevenueKind)
    subscriber = models.CharField(max_length=ID_LENGTH, blank=True)
    generation = models.ForeignKey(
        Generation, on_delete=models.PROTECT, null=True, related_name="revenue"
    )
    amount_atoms = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    earned_on = models.DateField()
    # As it was sent; where that was in another currency, by which rates against the euro the
    # amount followed from it (a currency that is the euro has none).
    reported_atoms = models.BigIntegerField(null=True)
    reported_currency = models.CharField(max_length=3, blank=True, db_default="")
    reported_rate = models.ForeignKey(
        ExchangeRate, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    contract_rate = models.ForeignKey(
        ExchangeRate, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    intake_file = models.ForeignKey(
        IntakeFile, on_delete=models.PROTECT, related_name="revenue_events", db_index=False
    )
    corrects = models.CharField(max_length=ID_LENGTH, blank=True, db_default="")  # an event's id
    is_late = models.BooleanField(db_default=False)  # came when its day's period was closed

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["platform", "event_id"], name="revenue_counts_once"),
            models.UniqueConstraint(
                fields=["platform", "corrects", "intake_file"],
                condition=~Q(corrects=""),
                name="revenue_is_corrected_once_a_file",
            ),
            models.CheckConstraint(
                condition=Q(amount_atoms__gt=0) | Q(amount_atoms=0) & ~Q(corrects=""),
                name="revenue_is_an_amount",
            ),
            models.CheckConstraint(
                condition=Q(kind="subscription", generation__isnull=True) & ~Q(subscriber="")
                | Q(kind="output", generation__isnull=False, subscriber="")
                | Q(kind="training", generation__isnull=True, subscriber=""),
                name="revenue_has_its_source",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["platform", "service", "earned_on"], name="revenue_of_a_period"),
            models.Index(
                fields=["platform", "service", "earned_on"],
                condition=Q(is_late=True),
                name="late_revenue",
            ),
        ]

    def __str__(self) -> str:
        return self.event_id
