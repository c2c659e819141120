"""Compositions, the tracks that can be trained on, and their files."""

from typing import ClassVar

from django.db import models


class Asset(models.Model):
    """A file, known by its content: the same bytes are one asset."""

    sha256 = models.CharField(max_length=64, unique=True)
    storage_name = models.CharField(max_length=300)
    media_type = models.CharField(max_length=100)
    size_bytes = models.BigIntegerField()
    seconds = models.FloatField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(size_bytes__gt=0), name="assets_not_empty"),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class Work(models.Model):
    """A composition."""

    ref = models.CharField(max_length=100, unique=True)
    title = models.CharField(max_length=500)
    collection = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.title


class Track(models.Model):
    """A recording or a score of a work: what a model is trained on."""

    ref = models.CharField(max_length=100, unique=True)
    work = models.ForeignKey(Work, on_delete=models.PROTECT, related_name="tracks")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="tracks")
    title = models.CharField(max_length=500)
    genre = models.CharField(max_length=100, blank=True)
    licence = models.CharField(max_length=100, blank=True)
    source_url = models.URLField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.title
