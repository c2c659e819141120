"""Why a closed period was apportioned anew, and what of it reached the books."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from accounts.models import User
from royalty.models.ledger import Journal
from royalty.models.periods import AllocationRun, Period


class RestatementKind(models.TextChoices):
    """What changed after the period was closed; payees read these words."""

    LATE_USAGE = "late_usage", "late usage"
    ATTRIBUTION = "attribution", "attributed anew"
    OWNERSHIP = "ownership", "changed ownership"
    DISPUTE = "dispute", "resolved dispute"
    CORRECTION = "correction", "correction"


class Restatement(models.Model):
    """A closed period apportioned again: by which run instead of which, and for which reason.

    Append-only. The journal holds the differences, in a later period; there is none where the lines
    changed and no account did.
    """

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="restatements")
    run = models.OneToOneField(AllocationRun, on_delete=models.PROTECT, related_name="restatement")
    instead_of = models.ForeignKey(AllocationRun, on_delete=models.PROTECT, related_name="+")
    journal = models.OneToOneField(
        Journal, on_delete=models.PROTECT, null=True, related_name="restatement"
    )
    kind = models.CharField(max_length=16, choices=RestatementKind)
    reason = models.CharField(max_length=250)
    restated_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(reason=""), name="restatements_have_a_reason"),
            models.CheckConstraint(
                condition=~Q(run=F("instead_of")), name="restatements_replace_another_run"
            ),
        ]

    def __str__(self) -> str:
        return f"restatement {self.pk} of {self.period}"
