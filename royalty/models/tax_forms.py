"""Forms by which payees prove where they pay tax: sent by their people, looked at by accountants.

What was sent is never changed, and what was decided about it once stays. What is withheld follows
from what the operator then agrees (`Withholding`).
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User
from catalog.claims.models import Proof
from catalog.models import Party

WHY_LENGTH = 300


class TaxForm(Proof):
    """A form as it was sent. It waits until an accountant takes it, or says why not."""

    FOLDER: ClassVar[str] = "tax-forms"

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="tax_forms")
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    refused_why = models.CharField(max_length=WHY_LENGTH, blank=True)  # none: it was taken

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, refused_why="")
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="tax_forms_are_decided_by_somebody",
            ),
        ]

    @property
    def is_waiting(self) -> bool:
        return self.decided_at is None
