"""Letting go of money that was held: asked for by one person, decided by another.

A contract holds what it cannot place (no track accounts for it, no owner is known, nothing was
used, nobody verified the features that its platform computed) for `Contract.holding_months` after
the period in which it was earned. Then somebody may ask for its release, and a second person
approves or declines it. The journal that follows and the decision are written together, by
`royalty.services.releases`. The database refuses to change a request, to decide it twice, and to
delete it (see migrations/sql/releases.sql).
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from royalty.models.ledger import Account, Journal
from royalty.models.periods import Period


class ReleaseTo(models.TextChoices):
    """Who gets the money: the custom of collecting societies, or the payer."""

    PARTIES = "parties", "the period's parties, in proportion to what they earned in it"
    PLATFORM = "platform", "the platform"


class HeldRelease(models.Model):
    """A request to release all that one account holds from one period, and what came of it."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="releases")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="releases")
    to = models.CharField(max_length=16, choices=ReleaseTo)
    amount_atoms = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    journal = models.OneToOneField(
        Journal, on_delete=models.PROTECT, null=True, related_name="release"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(amount_atoms__gt=0), name="releases_are_of_an_amount"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True, decided_at__isnull=True, journal__isnull=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="releases_name_who_decided",
            ),
            models.CheckConstraint(
                condition=Q(journal__isnull=True) | ~Q(decided_by=F("requested_by")),
                name="releases_are_approved_by_a_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"release {self.pk} of {self.period}"

    @property
    def status(self) -> str:
        """requested, released or declined."""
        if self.decided_at is None:
            return "requested"
        return "released" if self.journal_id else "declined"
