"""What was put together, and what must be put back when that is undone."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from catalog.duplicates.models.candidates import Subject
from catalog.models import Party, Track, Work


def _one_of(subject: str) -> Q:
    filled = {
        f"{side}_{other}__isnull": other != subject
        for other in Subject.values
        for side in ("survivor", "other")
    }
    return Q(subject=subject, **filled) & ~Q(**{f"survivor_{subject}": F(f"other_{subject}")})


class Merge(models.Model):
    """One track, work or party was merged into another: who said so, when and why.

    Nothing is moved but pointers: `other` and whatever had been merged into it (`moved`) point at
    the survivor, so that one step always leads there. An undone merge stays, with who undid it.
    """

    subject = models.CharField(max_length=8, choices=Subject)
    survivor_track = models.ForeignKey(Track, models.PROTECT, null=True, related_name="+")
    other_track = models.ForeignKey(Track, models.PROTECT, null=True, related_name="+")
    survivor_work = models.ForeignKey(Work, models.PROTECT, null=True, related_name="+")
    other_work = models.ForeignKey(Work, models.PROTECT, null=True, related_name="+")
    survivor_party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+")
    other_party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+")
    moved = ArrayField(models.BigIntegerField(), default=list)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500)
    created_at = models.DateTimeField(auto_now_add=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=_one_of("track") | _one_of("work") | _one_of("party"),
                name="merges_are_of_one_sort",
            ),
            *(
                models.UniqueConstraint(
                    fields=[f"other_{subject}"],
                    condition=Q(undone_at=None),
                    name=f"a_{subject}_is_merged_once",
                )
                for subject in ("track", "work", "party")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.other} into {self.survivor}"

    @property
    def survivor(self) -> Track | Work | Party:
        found: Track | Work | Party = getattr(self, f"survivor_{self.subject}")
        return found

    @property
    def other(self) -> Track | Work | Party:
        found: Track | Work | Party = getattr(self, f"other_{self.subject}")
        return found
