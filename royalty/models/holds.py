"""Uses that are held until a person decides, and what was decided.

A hold is what a rule of `royalty.anomalies` found in a period: whose uses, why, by which figures.
They stay out of the apportionment until somebody decides that they count. A hold that nobody has
decided upon is found anew whenever the period is computed; one that was decided upon stays as it
was. Decisions are only added: the last one counts.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import User
from royalty.anomalies import Rule
from royalty.models.periods import Period


class HoldRule(models.TextChoices):
    """The rules of `royalty.anomalies`, as people read them."""

    TOO_MANY = Rule.TOO_MANY.value, "too many uses by one subscriber"
    LOOK_ALIKES = Rule.LOOK_ALIKES.value, "accounts that look alike"
    SUBSCRIBER_JUMP = Rule.SUBSCRIBER_JUMP.value, "a subscriber's uses jumped"
    PIECE_JUMP = Rule.PIECE_JUMP.value, "a piece's uses jumped"


class UsageHold(models.Model):
    """Uses of some subscribers, or of one piece, that wait in a period for a decision."""

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="usage_holds")
    rule = models.CharField(max_length=16, choices=HoldRule)
    # A subscriber, a piece, or the fingerprint of a pattern: what is found again is the same hold.
    subject = models.CharField(max_length=200)
    subscribers = ArrayField(models.TextField())  # whose uses; none where it is a piece's
    uses = models.PositiveBigIntegerField()
    sentence = models.TextField()
    evidence = models.JSONField()  # the rule's figures, and the pieces used most
    found_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["period", "rule", "subject"], name="uses_are_held_once_a_rule"
            ),
            models.CheckConstraint(
                condition=Q(rule="piece_jump", subscribers=[])
                | ~Q(rule="piece_jump") & ~Q(subscribers=[]),
                name="holds_say_whose_uses",
            ),
        ]

    def __str__(self) -> str:
        return f"hold {self.pk} of {self.period}"


class HoldDecision(models.Model):
    """What a person decided about held uses, and why."""

    class Decision(models.TextChoices):
        COUNT = "count", "count"
        LEAVE_OUT = "leave_out", "leave out"

    hold = models.ForeignKey(UsageHold, on_delete=models.PROTECT, related_name="decisions")
    decision = models.CharField(max_length=16, choices=Decision)
    reason = models.CharField(max_length=300)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(reason=""), name="decisions_have_a_reason")
        ]

    def __str__(self) -> str:
        return f"{self.hold}: {self.get_decision_display()}"
