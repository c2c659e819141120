"""Roots of closed periods, and the secrets that salt their leaves (docs/concepts/proof.md).

Written once, when a period is closed, by `royalty.services.proofs`. The database refuses every
change, a second root of a period, and a root that does not follow the one before it
(migrations/sql/roots.sql). A root is shown to whoever sees its period; a secret to system alone,
which is why it has a table of its own: row-level security hides rows, not columns.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from royalty.models.periods import AllocationRun, Period
from royalty.proof import SECRET_BYTES


class PeriodRoot(models.Model):
    """The root of the tree over a period's lines, chained to that of the contract's period before.

    `run` is the one that was posted; later runs of the period only restate it.
    """

    period = models.OneToOneField(Period, on_delete=models.PROTECT, related_name="root")
    run = models.ForeignKey(AllocationRun, on_delete=models.PROTECT, related_name="+")
    previous = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="following"
    )
    leaf_count = models.PositiveBigIntegerField()
    root_sha256 = models.CharField(max_length=64)
    chain_sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(previous__isnull=True) | ~Q(previous=F("id")),
                name="roots_do_not_follow_themselves",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.root_sha256[:12]}"


class PeriodSecret(models.Model):
    """The key of the salts of a period's leaves: whoever has it can try out what a leaf says."""

    root = models.OneToOneField(
        PeriodRoot, on_delete=models.PROTECT, primary_key=True, related_name="secret"
    )
    key = models.BinaryField(max_length=SECRET_BYTES)

    def __str__(self) -> str:
        return f"secret of {self.root}"
