"""What each delivery looked like as a whole, and what was unusual about it."""

from typing import ClassVar

from django.db import models

from accounts.models import User
from catalog.deliveries.models import Delivery
from catalog.models import Sender
from catalog.quality.rules import Severity


class Profile(models.Model):
    """A delivery's shape: its rows and columns, counted once it is written."""

    delivery = models.OneToOneField(Delivery, on_delete=models.CASCADE, related_name="profile")
    sender = models.ForeignKey(Sender, on_delete=models.CASCADE, related_name="profiles")
    row_count = models.PositiveIntegerField()
    # {column: {"filled": rows, "distinct": values, "letters": mean length}}
    columns = models.JSONField()
    categories = models.JSONField()  # {column: {value: rows}} of the commonest values
    # {"seconds" | "holders" | a column of percents: median}, of the rows that say one
    medians = models.JSONField(default=dict)
    headings = models.JSONField()  # the file's own columns
    received_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"profile of {self.delivery}"


class Monitor(models.TextChoices):
    """What is watched."""

    FRESHNESS = "freshness"
    VOLUME = "volume"
    DISTRIBUTION = "distribution"
    SCHEMA = "schema"


class Alert(models.Model):
    """Something unusual about what a sender delivers, or that it delivers no more."""

    sender = models.ForeignKey(Sender, on_delete=models.CASCADE, related_name="alerts")
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, null=True, blank=True)
    monitor = models.CharField(max_length=16, choices=Monitor)
    about = models.CharField(max_length=100, blank=True)  # a column, if it is about one
    severity = models.CharField(
        max_length=8, choices=[(each.value, each.value) for each in Severity]
    )
    sentence = models.CharField(max_length=500)
    evidence = models.JSONField(default=dict)
    raised_at = models.DateTimeField()
    # When it held no more by itself: a silent sender delivered.
    ended_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["sender", "delivery", "monitor", "about"],
                condition=models.Q(ended_at=None),
                nulls_distinct=False,
                name="one_live_alert_a_matter",
            )
        ]

    def __str__(self) -> str:
        return self.sentence
