"""Compositions, the tracks that can be trained on, and their files."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from catalog.identifiers import EAN_FORM, ISRC_FORM, ISWC_FORM
from catalog.media.measures import Measures
from catalog.models.identifiers import IdentifierField, normal
from catalog.models.senders import Sender


class Asset(models.Model):
    """A file, known by its content: the same bytes are one asset."""

    sha256 = models.CharField(max_length=64, unique=True)
    storage_name = models.CharField(max_length=300)
    media_type = models.CharField(max_length=100)
    size_bytes = models.BigIntegerField()
    seconds = models.FloatField()
    # Of a recording, as `catalog.media.Measures` tells it; null for a score, and for what was
    # taken in before recordings were measured.
    measured = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(size_bytes__gt=0), name="assets_not_empty"),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def measures(self) -> Measures | None:
        """What was measured of the recording."""
        return None if self.measured is None else Measures.from_answer(self.measured)


def unique_if_said(field: str, name: str, message: str) -> models.UniqueConstraint:
    """One row a value among those that are not merged into another; empty says nothing."""
    return models.UniqueConstraint(
        fields=[field],
        condition=~Q(**{field: ""}) & Q(merged_into=None),
        name=name,
        violation_error_message=message,
    )


class Work(models.Model):
    """A composition.

    An arrangement or a translation is a work of its own, `derived_from` what it is a version of.
    One that was found to be another is `merged_into` that one: it stays, so that what names it can
    be explained, and is listed no more.
    """

    ref = models.CharField(max_length=100, unique=True)
    title = models.CharField(max_length=500)
    version = models.CharField(max_length=200, blank=True)  # such as "arrangement for two voices"
    collection = models.CharField(max_length=500, blank=True)
    iswc = IdentifierField("ISWC", max_length=11, blank=True)  # T0345246801
    language = models.CharField(max_length=8, blank=True)  # of the words: BCP 47, such as de
    derived_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="versions"
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged"
    )
    sender = models.ForeignKey(
        Sender, on_delete=models.PROTECT, null=True, blank=True, related_name="works"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            unique_if_said("iswc", "one_work_an_iswc", "Another work has this ISWC."),
            normal("iswc", ISWC_FORM, "iswcs_are_normal"),
            models.CheckConstraint(
                condition=~Q(derived_from=F("pk")), name="works_are_no_versions_of_themselves"
            ),
            models.CheckConstraint(
                condition=~Q(merged_into=F("pk")), name="works_are_not_merged_into_themselves"
            ),
        ]
        # Lists go by title.
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["title", "id"], name="works_by_title")
        ]

    def __str__(self) -> str:
        return self.title


class Track(models.Model):
    """A recording or a score of a work: what a model is trained on.

    One that is known by its description alone has no `asset` yet, and nothing is trained on it.
    `merged_into` is as a work's.
    """

    ref = models.CharField(max_length=100, unique=True)
    work = models.ForeignKey(Work, on_delete=models.PROTECT, related_name="tracks")
    asset = models.ForeignKey(
        Asset, on_delete=models.PROTECT, null=True, blank=True, related_name="tracks"
    )
    title = models.CharField(max_length=500)
    version = models.CharField(max_length=200, blank=True)  # such as "live", "instrumental"
    artist = models.CharField(max_length=500, blank=True)  # as it stands on the sleeve
    isrc = IdentifierField("ISRC", max_length=12, blank=True)  # GBAYE6800011, without hyphens
    release_title = models.CharField(max_length=500, blank=True)
    release_ean = IdentifierField("EAN/UPC", max_length=13, blank=True)
    released_on = models.DateField(null=True, blank=True)
    genre = models.CharField(max_length=100, blank=True)
    licence = models.CharField(max_length=100, blank=True)
    source_url = models.URLField(max_length=500, blank=True)
    derived_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="versions"
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged"
    )
    sender = models.ForeignKey(
        Sender, on_delete=models.PROTECT, null=True, blank=True, related_name="tracks"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            unique_if_said("isrc", "one_track_an_isrc", "Another track has this ISRC."),
            normal("isrc", ISRC_FORM, "isrcs_are_normal"),
            normal("release_ean", EAN_FORM, "eans_are_normal"),
            models.CheckConstraint(
                condition=~Q(derived_from=F("pk")), name="tracks_are_no_versions_of_themselves"
            ),
            models.CheckConstraint(
                condition=~Q(merged_into=F("pk")), name="tracks_are_not_merged_into_themselves"
            ),
        ]
        # Lists go by title.
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["title", "id"], name="tracks_by_title")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def file(self) -> Asset:
        """The asset of a track that must have one, such as a training set's."""
        assert self.asset is not None, f"{self.ref} has no file"
        return self.asset
