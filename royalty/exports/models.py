"""A file with an organisation's data: asked for, written by a job, there until a day."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import Organisation, User
from common.ids import new_id
from common.jobs.models import Job


class Export(models.Model):
    """Without a hash it is not written yet, and its job says how far it is or why it failed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="exports")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    sha256 = models.CharField(max_length=64, blank=True)
    size_bytes = models.PositiveBigIntegerField(default=0)
    expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(sha256="", expires_at=None)
                | ~Q(sha256="") & Q(expires_at__isnull=False),
                name="written_exports_say_until_when",
            ),
        ]

    def __str__(self) -> str:
        return f"export {self.pk}"

    @property
    def storage_name(self) -> str:
        return f"exports/{self.pk}.zip"

    @property
    def is_written(self) -> bool:
        return bool(self.sha256)
