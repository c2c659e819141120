"""The delivery and its rows."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User
from catalog.manifest.outcomes import Outcome
from catalog.models import Sender
from common.ids import new_id
from common.jobs.models import Job

LONGEST_PLACE = 200


class Delivery(models.Model):
    """One file about works and tracks: by whom, on what terms, how far, and what became of it."""

    class Status(models.TextChoices):
        RECEIVED = "received", "it is being checked"
        CHECKED = "checked", "its preview waits to be approved"
        APPROVED = "approved", "it is being written"
        DONE = "done", "the catalogue says what its good rows say"
        REFUSED = "refused", "nothing of it was written, since rows are at fault"
        FAILED = "failed", "nothing more of it is written; see `error`"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # None: the operator's own, about what has no sender.
    sender = models.ForeignKey(
        Sender, on_delete=models.PROTECT, null=True, blank=True, related_name="deliveries"
    )
    # Who brought it, if a person did; the program of a sender's organisation is none.
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True)
    name = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    storage_name = models.CharField(max_length=300, blank=True)  # empty: read where it lay
    format = models.CharField(max_length=32, blank=True)
    columns = models.JSONField(default=list, blank=True)  # as the file names them
    column_of = models.JSONField(default=dict, blank=True)  # {our column: the file's}
    as_of = models.DateField()
    take_good_rows = models.BooleanField(default=False)
    status = models.CharField(max_length=16, choices=Status, default=Status.RECEIVED)
    error = models.TextField(blank=True)
    warnings = models.JSONField(default=list, blank=True)
    row_count = models.PositiveIntegerField(default=0)
    created_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(default=0)
    unchanged_count = models.PositiveIntegerField(default=0)
    rejected_count = models.PositiveIntegerField(default=0)
    held_back_count = models.PositiveIntegerField(default=0)
    quarantined_count = models.PositiveIntegerField(default=0)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    received_at = models.DateTimeField(auto_now_add=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(status="done") | Q(finished_at__isnull=False),
                name="deliveries_done_have_ended",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["sender", "sha256"], name="deliveries_by_content"),
            models.Index(fields=["sender", "id"], name="deliveries_of_a_sender"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.received_at:%Y-%m-%d %H:%M}"

    @property
    def is_finished(self) -> bool:
        return self.status in {self.Status.DONE, self.Status.REFUSED, self.Status.FAILED}

    def count_of(self, outcome: str) -> int:
        """How many rows have an outcome."""
        return int(getattr(self, f"{outcome.replace(' ', '_')}_count"))


class DeliveryRow(models.Model):
    """One row of a delivery: its cells, what is wrong with it, and what became of it.

    Number 0 is the file as a whole. While a delivery is checked, the outcome says what would become
    of the row; `is_written` says that it did.
    """

    class Kind(models.TextChoices):
        TRACK = "track"
        WORK = "work"

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    place = models.CharField(max_length=LONGEST_PLACE, blank=True)
    kind = models.CharField(max_length=8, choices=Kind, blank=True)
    ref = models.CharField(max_length=100, blank=True)
    outcome = models.CharField(
        max_length=16, choices=[(each.value, each.value) for each in Outcome]
    )
    changes = models.JSONField(default=list)
    faults = models.JSONField(default=list)  # [{field, message, repair, rule}]
    cells = models.JSONField(default=dict)  # {our column: text as it was delivered}
    file = models.JSONField(default=dict)  # of a music file that was checked; else empty
    is_written = models.BooleanField(default=False)
    is_released = models.BooleanField(default=False)  # somebody looked at it in quarantine

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["delivery", "number"], name="a_row_is_there_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["kind", "ref"], name="delivery_rows_by_ref"),
            models.Index(
                fields=["delivery", "number"],
                condition=Q(is_written=False, outcome__in=["created", "changed", "unchanged"]),
                name="delivery_rows_to_write",
            ),
        ]

    def __str__(self) -> str:
        return f"row {self.number} of {self.delivery_id}"
