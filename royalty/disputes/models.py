"""Disputes about a statement or one of its lines, and what was said. Events are only ever added."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from catalog.claims.models import WORDS_LENGTH, Proof
from catalog.models import Party
from common.ids import new_id
from royalty.models import Restatement, Statement


class Dispute(models.Model):
    """A payee says that an amount is wrong. `title` and `atoms` are the line's, as it was then.

    open → upheld, rejected or withdrawn.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        UPHELD = "upheld", _("upheld: it is corrected")
        REJECTED = "rejected", _("rejected: the amount stands")
        WITHDRAWN = "withdrawn", _("withdrawn")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="disputes")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="disputes")
    row = models.PositiveBigIntegerField(null=True)  # of the line; none: the whole statement
    title = models.CharField(max_length=300)
    atoms = models.BigIntegerField()
    status = models.CharField(max_length=16, choices=Status, default=Status.OPEN)
    decided_at = models.DateTimeField(null=True)
    # What corrected the amount, once the objection was upheld; payees see it through their journal.
    restatement = models.ForeignKey(
        Restatement, on_delete=models.PROTECT, null=True, related_name="disputes"
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["statement", "row"],
                condition=Q(status="open"),
                nulls_distinct=False,
                name="one_open_dispute_a_line",
            ),
            models.CheckConstraint(
                condition=Q(status="open", decided_at=None)
                | ~Q(status="open") & Q(decided_at__isnull=False),
                name="disputes_say_when_they_ended",
            ),
            models.CheckConstraint(
                condition=Q(restatement=None) | Q(status="upheld"),
                name="upheld_disputes_alone_are_corrected",
            ),
        ]

    def __str__(self) -> str:
        return f"dispute about {self.title}"

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN


class Event(models.Model):
    """What one side said or did, when. Append-only."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("objected")
        COMMENTED = "commented", _("wrote")
        UPHELD = "upheld", _("decided: it is corrected")
        REJECTED = "rejected", _("decided: the amount stands")
        WITHDRAWN = "withdrawn", _("withdrew the objection")
        CORRECTED = "corrected", _("corrected the amount")

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=16, choices=Kind)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # For whom; none: the operator.
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    side = models.CharField(max_length=300)  # in words that both sides may read
    words = models.CharField(max_length=WORDS_LENGTH, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.side} {self.get_kind_display()}"


class Attachment(Proof):
    """A file that was sent with what somebody said."""

    FOLDER = "disputes"

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="attachments")
