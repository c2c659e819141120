"""What became of works, tracks, parties, shares, credits and consents, change by change.

Triggers write these rows, whoever changes something and however (catalog/migrations/sql/
history.sql); nothing else does, and nobody alters them. Why something was changed is said by
`catalog.services.history.changing`.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User


class ChangeSet(models.Model):
    """Changes that were made together, and why.

    Whoever sees one of the changes reads all of this, rights holders too; so it names no person.
    """

    at = models.DateTimeField()
    actor = models.CharField(max_length=300)  # for whom it was done, such as "the operator"
    reason = models.TextField()
    source = models.CharField(max_length=200)  # such as "admin" or "delivery:<uuid>"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}, {self.actor}: {self.reason}"


class ChangeAuthor(models.Model):
    """The person who made changes; for the operator's eyes alone."""

    change_set = models.OneToOneField(
        ChangeSet, on_delete=models.PROTECT, primary_key=True, related_name="author"
    )
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.user)


class Change(models.Model):
    """One row that was made, altered or removed.

    `before` and `after` hold the columns: all that there were of a row that was made or removed, of
    an altered one what differs. One that passed from a work or a track to another stands twice,
    under the one and under the other, and `after` then holds the whole row.
    """

    class Kind(models.TextChoices):
        WORK = "work"
        TRACK = "track"
        PARTY = "party"
        SHARE = "share"
        CREDIT = "credit"
        CONSENT = "consent"

    class Operation(models.TextChoices):
        MADE = "made"
        ALTERED = "altered"
        REMOVED = "removed"

    # Without a constraint: only the triggers write both, and each row would be looked up again.
    change_set = models.ForeignKey(
        ChangeSet,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        related_name="changes",
    )
    at = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=Kind)
    object_id = models.BigIntegerField()
    operation = models.CharField(max_length=8, choices=Operation)
    # Whose history it belongs to; no references, since what is removed has one too.
    of_work = models.BigIntegerField(null=True)
    of_track = models.BigIntegerField(null=True)
    of_party = models.BigIntegerField(null=True)  # only of a party itself
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=[field], name=f"changes_{field}", condition=Q(**{f"{field}__isnull": False})
            )
            for field in ("of_work", "of_track", "of_party")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} {self.operation} at {self.at:%Y-%m-%d %H:%M}"
