"""Pairs that may be one thing, with what speaks for it and what was decided."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from catalog.models import Party, Track, Work


class Subject(models.TextChoices):
    """What may be there twice."""

    TRACK = "track"
    WORK = "work"
    PARTY = "party"


class Kind(models.TextChoices):
    """What speaks for two being one."""

    FILE = "file", "the same file"
    NOTES = "notes", "the same notes"
    TUNE = "tune", "the same tune"
    SOUND = "sound", "the same recording"
    SPELLING = "spelling", "spelled otherwise"
    IDENTIFIER = "identifier", "the same identifier"
    TRACKS = "tracks", "their tracks are one"


class Status(models.TextChoices):
    """What became of a candidate."""

    OPEN = "open"
    MERGED = "merged", "one and the same"
    VERSIONS = "versions", "versions of each other"
    DISTINCT = "distinct"


def pair_of(subject: str) -> Q:
    """That just this subject's two columns are filled, the smaller id first."""
    filled = {
        f"{side}_{other}__isnull": other != subject
        for other in Subject.values
        for side in ("first", "second")
    }
    return Q(subject=subject, **filled, **{f"first_{subject}__lt": F(f"second_{subject}")})


class Candidate(models.Model):
    """Two tracks, two works or two parties that may be one.

    One row a pair, whatever speaks for it: `evidence` has an entry for each of its `kinds`. A pair
    that was decided comes back only by evidence of a kind that was not known then.
    """

    subject = models.CharField(max_length=8, choices=Subject)
    first_track = models.ForeignKey(Track, models.PROTECT, null=True, related_name="+")
    second_track = models.ForeignKey(Track, models.PROTECT, null=True, related_name="+")
    first_work = models.ForeignKey(Work, models.PROTECT, null=True, related_name="+")
    second_work = models.ForeignKey(Work, models.PROTECT, null=True, related_name="+")
    first_party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+")
    second_party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+")
    kinds = ArrayField(models.CharField(max_length=16, choices=Kind))
    score_ppm = models.PositiveIntegerField()  # of the strongest evidence
    evidence = models.JSONField(default=dict)  # {kind: what was found}
    status = models.CharField(max_length=16, choices=Status, default=Status.OPEN)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    found_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=pair_of("track") | pair_of("work") | pair_of("party"),
                name="candidates_are_two_of_one_sort",
            ),
            *(
                models.UniqueConstraint(
                    fields=[f"first_{subject}", f"second_{subject}"],
                    name=f"one_candidate_two_{subject}s",
                )
                for subject in ("track", "work", "party")
            ),
            models.CheckConstraint(
                condition=Q(score_ppm__lte=1_000_000), name="scores_are_parts_of_one"
            ),
            models.CheckConstraint(
                condition=Q(status="open", decided_at=None)
                | ~Q(status="open") & Q(decided_at__isnull=False) & ~Q(reason=""),
                name="decisions_say_when_and_why",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["status", "-score_ppm", "id"], name="candidates_queue")
        ]

    def __str__(self) -> str:
        return f"{self.first} and {self.second}"

    @property
    def first(self) -> Track | Work | Party:
        found: Track | Work | Party = getattr(self, f"first_{self.subject}")
        return found

    @property
    def second(self) -> Track | Work | Party:
        found: Track | Work | Party = getattr(self, f"second_{self.subject}")
        return found

    @property
    def score_percent(self) -> int:
        return self.score_ppm // 10_000
