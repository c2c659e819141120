"""How good the data is, day by day."""

from typing import ClassVar

from django.db import models


class Score(models.Model):
    """A score of 0 to 100 on a day, in hundredths; see `services.scoring` for the formula."""

    class Scope(models.TextChoices):
        WHOLE = "whole"
        SENDER = "sender"
        COLLECTION = "collection"
        PARTY = "party"

    scope = models.CharField(max_length=12, choices=Scope)
    key = models.CharField(max_length=500, blank=True)  # sender code, collection, party ref
    name = models.CharField(max_length=500)
    day = models.DateField()
    score_hundredths = models.PositiveSmallIntegerField()
    subject_count = models.PositiveIntegerField()
    faulty_count = models.PositiveIntegerField()  # with an open error or worse

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["scope", "key", "day"], name="one_score_a_day"),
            models.CheckConstraint(
                condition=models.Q(score_hundredths__lte=10_000), name="scores_end_at_a_hundred"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["scope", "day"], name="scores_of_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.value:.1f} on {self.day}"

    @property
    def value(self) -> float:
        """0 to 100."""
        return self.score_hundredths / 100
