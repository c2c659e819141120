"""What files and names are compared by. All of it can be computed again."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from catalog.models import Asset

# Another way of making fingerprints is another number, and all files are read again.
VERSION = 1


class Fingerprint(models.Model):
    """What a file is recognised by: its notes, its tunes, or its sound."""

    asset = models.OneToOneField(Asset, on_delete=models.PROTECT, related_name="fingerprint")
    version = models.PositiveSmallIntegerField()
    notes_sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    words = models.BinaryField(default=bytes)  # of its tunes: uint32, little-endian, ascending
    sound = models.BinaryField(default=bytes)  # Chromaprint's: uint32, little-endian, in time
    fault = models.CharField(max_length=300, blank=True)  # why there is nothing to compare
    made_at = models.DateTimeField(auto_now=True)
    # When it was last compared with all others; none: not yet.
    compared_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["asset"], condition=Q(compared_at=None), name="fingerprints_to_compare"
            )
        ]

    def __str__(self) -> str:
        return f"fingerprint of {self.asset}"


class Spelling(models.Model):
    """A name without what people spell differently: case, accents, punctuation, order of words."""

    of = models.CharField(max_length=8)
    thing_id = models.BigIntegerField()  # of the track, work or party that `of` says
    key = models.CharField(max_length=500)
    numbers = models.CharField(max_length=500, blank=True)  # op. 12 no. 3 and no. 4 are two songs
    compared_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["of", "thing_id"], name="one_spelling_a_thing")
        ]
        indexes: ClassVar[list[models.Index]] = [
            GinIndex(fields=["key"], opclasses=["gin_trgm_ops"], name="spellings_like"),
            models.Index(fields=["of"], condition=Q(compared_at=None), name="spellings_to_compare"),
        ]

    def __str__(self) -> str:
        return self.key
