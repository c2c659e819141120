"""What was imported when, and what became of each row."""

from django.db import models


class ImportRun(models.Model):
    """One manifest that was taken in. `rows` holds, for each row, its number and its outcome."""

    manifest_sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=300)
    created_count = models.PositiveIntegerField()
    changed_count = models.PositiveIntegerField()
    unchanged_count = models.PositiveIntegerField()
    rejected_count = models.PositiveIntegerField()
    rows = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.name} at {self.created_at:%Y-%m-%d %H:%M}"
