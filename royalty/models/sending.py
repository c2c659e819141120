"""What platforms sent to be taken in, and what became of it: also what was refused.

A `SentFile` is there from the moment it was sent. It becomes part of the books by an `IntakeFile`,
which is made when it is taken, since those are numbered in the order in which they counted.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from catalog.models import Platform
from common.ids import new_id
from common.jobs.models import Job
from royalty.models.events import EventKind, IntakeFile


class FileFormat(models.TextChoices):
    """How a file is written."""

    NDJSON = "ndjson"
    CSV = "csv"
    DSR = "dsr"  # uses only


class FaultyLines(models.TextChoices):
    """What happens to a file of which some lines are faulty."""

    REFUSE_FILE = "all_or_nothing"
    LEAVE_OUT = "good_lines"


class ResultLines(models.TextChoices):
    """Of which lines the result file tells what became of them."""

    REFUSED = "refused"
    EVERY = "all"


class SentFile(models.Model):
    """Lines that a platform sent at once: a body of one request, or a file that was uploaded.

    `line_count` and the counts after it are known once it is taken; of what is refused,
    `refused_count` is the number of faulty lines. `errors` are the first faults, of `error_count`.
    """

    class Outcome(models.TextChoices):
        PENDING = "pending"
        TAKEN = "taken"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="sent_files")
    kind = models.CharField(max_length=16, choices=EventKind)
    format = models.CharField(max_length=16, choices=FileFormat)
    name = models.CharField(max_length=300)
    is_late = models.BooleanField(default=False)
    mode = models.CharField(max_length=16, choices=FaultyLines, default=FaultyLines.REFUSE_FILE)
    result_lines = models.CharField(max_length=16, choices=ResultLines, default=ResultLines.REFUSED)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    upload = models.UUIDField(null=True)  # where its bytes lie; none for a body that came directly
    job = models.ForeignKey(Job, on_delete=models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=16, choices=Outcome, default=Outcome.PENDING)
    # What counted its lines: another one's file, if the same bytes had come before.
    file = models.ForeignKey(
        IntakeFile, on_delete=models.PROTECT, null=True, related_name="sent_files"
    )
    line_count = models.PositiveBigIntegerField(null=True)
    new_count = models.PositiveBigIntegerField(null=True)
    known_count = models.PositiveBigIntegerField(null=True)
    refused_count = models.PositiveBigIntegerField(null=True)
    errors = models.JSONField(default=list)
    error_count = models.PositiveBigIntegerField(default=0)
    result_name = models.CharField(max_length=300, blank=True)  # in the storage
    received_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(outcome="taken") ^ Q(file__isnull=True),
                name="what_was_taken_is_in_a_file",
            ),
            models.CheckConstraint(
                condition=Q(outcome="pending") ^ Q(finished_at__isnull=False),
                name="what_was_sent_ends_once",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="taken")
                | Q(line_count=F("new_count") + F("known_count") + F("refused_count")),
                name="every_sent_line_is_told_of",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["platform", "-id"], name="what_a_platform_sent"),
            models.Index(
                fields=["upload"], condition=Q(upload__isnull=False), name="sent_of_an_upload"
            ),
        ]

    def __str__(self) -> str:
        return self.name
