"""The job row."""

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from common.ids import new_id

# A worker writes a heartbeat every few seconds; silent for longer than this, it is dead.
HEARTBEAT_SECONDS = 3
DEAD_AFTER = timedelta(seconds=20)


class Job(models.Model):
    """One piece of work for a worker: what, with what, how far, and how it ended."""

    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        SUCCEEDED = "succeeded"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=100)
    queue = models.CharField(max_length=32, default="default")
    # The same work asked for twice by one tenant is one job; empty where repetition is meant.
    key = models.CharField(max_length=300, blank=True)
    payload = models.JSONField(default=dict)
    # Who asked for it; the job is done with what that tenant may see (`common.database.tenancy`).
    tenant = models.CharField(max_length=64)
    status = models.CharField(max_length=16, choices=Status, default=Status.QUEUED)
    attempt = models.PositiveIntegerField(default=0)
    max_attempts = models.PositiveIntegerField(default=3)
    progress_done = models.BigIntegerField(default=0)
    progress_total = models.BigIntegerField(default=0)
    progress_note = models.CharField(max_length=200, blank=True)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    woken_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "key"], condition=~Q(key=""), name="one_job_a_key"
            ),
            models.CheckConstraint(condition=~Q(tenant=""), name="somebody_asks_for_a_job"),
            models.CheckConstraint(
                condition=Q(attempt__lte=F("max_attempts")), name="attempts_are_bounded"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["status", "created_at"],
                condition=Q(status__in=["queued", "running"]),
                name="jobs_unfinished",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id} ({self.status})"

    @property
    def is_finished(self) -> bool:
        return self.status in {self.Status.SUCCEEDED, self.Status.FAILED}
