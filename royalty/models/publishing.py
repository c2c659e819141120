"""Publishing: the moment from which payees see their statements, and who was told of it.

A statement without a publication is a draft, which only the operator's people see.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import User
from royalty.models.periods import Period


class Publication(models.Model):
    """A person showed payees the statements of a closed period that they had not seen.

    Append-only. A period has more than one where statements were issued in a later version.
    """

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="publications")
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField()
    statement_count = models.PositiveIntegerField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(statement_count__gt=0), name="publications_publish_something"
            ),
        ]

    def __str__(self) -> str:
        return f"publication {self.pk} of {self.period}"


class Notice(models.Model):
    """An e-mail that tells one of a payee's people of a publication; what was sent stays as it is.

    waiting → sending → sent; or failed with the reason, or lost (nobody can tell whether it went
    out), from where it can be sent again.
    """

    class Status(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"
        LOST = "lost"

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="notices")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    address = models.EmailField()
    subject = models.CharField(max_length=300)
    body = models.TextField()
    status = models.CharField(max_length=16, choices=Status, default=Status.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["publication", "user"], name="a_person_is_told_once_of_a_publication"
            ),
            models.CheckConstraint(
                condition=Q(status="sent", sent_at__isnull=False)
                | ~Q(status="sent") & Q(sent_at__isnull=True),
                name="sent_notices_say_when",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["failed", "lost"]) | ~Q(error=""),
                name="failed_notices_say_why",
            ),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk} to {self.address}"

    @property
    def message_id(self) -> str:
        """The same at every attempt, so that a mail that arrives twice is known to be one."""
        return f"<notice-{self.pk}-{int(self.publication.created_at.timestamp())}@tantieme>"
