"""What was announced, and which of its parts are there."""

import os
import shutil
from pathlib import Path
from typing import IO, ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.ids import new_id
from common.jobs.models import Job
from common.uploads.purposes import PART_BYTES, Purpose


class Upload(models.Model):
    """A file that is sent in parts.

    `tenant` is who sends it (`common.database.tenancy`); size and sha256 were announced, and hold
    once it is sealed. The file's name on disk is the id; the sender's name for it is only shown.
    """

    class Status(models.TextChoices):
        OPEN = "open", "parts are taken"
        VERIFYING = "verifying", "a job holds the whole against its sha256"
        SEALED = "sealed", "it is whole and can be used"
        FAILED = "failed", "it is not what was announced; see `error`"
        USED = "used", "something was made of it"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.CharField(max_length=64)
    purpose = models.CharField(max_length=32, choices=Purpose)
    status = models.CharField(max_length=16, choices=Status, default=Status.OPEN)
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    part_bytes = models.PositiveIntegerField(default=PART_BYTES)
    file_name = models.CharField(max_length=255, blank=True)
    media_type = models.CharField(max_length=100, blank=True)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(tenant=""), name="uploads_are_somebodys"),
            models.CheckConstraint(
                condition=Q(size_bytes__gt=0, part_bytes__gt=0), name="uploads_not_empty"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["tenant", "id"], name="uploads_of_a_tenant"),
            models.Index(fields=["expires_at"], name="uploads_by_their_end"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.id} ({self.status})"

    @property
    def part_count(self) -> int:
        return -(-self.size_bytes // self.part_bytes)

    def bytes_of_part(self, number: int) -> int:
        """The exact size of a part, counted from 1; only the last may be smaller than others."""
        return min(self.part_bytes, self.size_bytes - (number - 1) * self.part_bytes)

    @property
    def path(self) -> Path:
        """Where the file lies on this machine."""
        return Path(settings.UPLOAD_ROOT) / self.pk.hex

    def open(self) -> IO[bytes]:
        """The file of a sealed upload, to read."""
        return self.path.open("rb")

    def keep_at(self, place: Path) -> Path:
        """Give the file of a sealed upload a second, lasting place: whole or not at all.

        On one file system no byte is copied. A file that is there already is replaced.
        """
        place.parent.mkdir(parents=True, exist_ok=True)
        part = place.with_name(f"{place.name}.{uuid4().hex}.part")
        try:
            try:
                os.link(self.path, part, follow_symlinks=False)
            except OSError:  # another file system
                shutil.copyfile(self.path, part, follow_symlinks=False)
            part.replace(place)
        finally:
            part.unlink(missing_ok=True)
        return place


class UploadPart(models.Model):
    """A part that is there, with the hash of what was sent; numbers begin at 1."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["upload", "number"], name="a_part_is_there_once"),
            models.CheckConstraint(condition=Q(number__gt=0), name="parts_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"part {self.number} of {self.upload_id}"
