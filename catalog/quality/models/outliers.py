"""What was measured of each file, and the tracks that are unlike those beside them."""

from typing import ClassVar

from django.db import models

from catalog.models import Asset, Track

STATISTICS_VERSION = 1


class ContentStatistics(models.Model):
    """Numbers about a file's music. Another way of counting is another version."""

    asset = models.OneToOneField(Asset, on_delete=models.CASCADE, related_name="statistics")
    version = models.PositiveSmallIntegerField()
    values = models.JSONField(default=dict)  # {feature: number}; empty: nothing could be counted
    fault = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"statistics of {self.asset}"


class Outlier(models.Model):
    """A track that the last fit of the forest sets apart, and why in words."""

    track = models.OneToOneField(Track, on_delete=models.CASCADE, related_name="outlier")
    model = models.CharField(max_length=60)  # the forest's version, seed and size
    rank = models.PositiveIntegerField()  # 1 is the oddest
    score_ppm = models.PositiveIntegerField()  # 0 to 10⁶; see `forest.judge`
    reasons = models.JSONField()  # sentences
    found_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["rank"], name="outliers_by_rank")
        ]

    def __str__(self) -> str:
        return f"{self.rank}: {self.track}"
