"""Reading candidates and merges: for pages and for whoever asks about one track."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from catalog.duplicates import evidence
from catalog.duplicates.models import Candidate, Merge, Status, Subject
from catalog.models import Party, Track, TrainingRole, TrainingSet, Work

PAIRED = tuple(f"{side}_{subject}" for side in ("first", "second") for subject in Subject.values)
MERGED = tuple(f"{side}_{subject}" for side in ("survivor", "other") for subject in Subject.values)


@dataclass(frozen=True)
class Likeness:
    """Something that may be the same as what was asked about."""

    candidate: int  # its id, for the page about the pair
    other: Track | Work | Party
    kinds: tuple[str, ...]
    score_ppm: int
    status: str
    said: tuple[str, ...]  # a sentence for each kind of evidence; A has the smaller id


def candidates_of(thing: Track | Work | Party) -> list[Likeness]:
    """What may be the same as a track, a work or a party, or was found to be; surest first."""
    subject = thing._meta.model_name
    mine = Q(**{f"first_{subject}": thing.pk}) | Q(**{f"second_{subject}": thing.pk})
    rows = Candidate.objects.filter(mine).select_related(*PAIRED).order_by("-score_ppm", "pk")
    return [
        Likeness(
            candidate=row.pk,
            other=row.second if row.first.pk == thing.pk else row.first,
            kinds=tuple(row.kinds),
            score_ppm=row.score_ppm,
            status=row.status,
            said=tuple(sentences(row)),
        )
        for row in rows
    ]


def sentences(candidate: Candidate) -> list[str]:
    """What speaks for a pair."""
    return [evidence.sentence(kind, candidate.evidence[kind]) for kind in candidate.kinds]


def queue(
    *, subject: str = "", kind: str = "", status: str = Status.OPEN, least_ppm: int = 0
) -> QuerySet[Candidate]:
    """Candidates, surest first; an open one of which a side was merged meanwhile is left out."""
    rows = Candidate.objects.filter(status=status, score_ppm__gte=least_ppm)
    if subject:
        rows = rows.filter(subject=subject)
    if kind:
        rows = rows.filter(kinds__contains=[kind])
    if status == Status.OPEN:
        for column in PAIRED:
            rows = rows.filter(**{f"{column}__merged_into": None})
    return rows.select_related(*PAIRED, "decided_by").order_by("-score_ppm", "pk")


def merges() -> QuerySet[Merge]:
    """All merges, the latest first."""
    return Merge.objects.select_related(*MERGED, "by", "undone_by").order_by("-pk")


def shared_training_sets(first: Track, second: Track) -> list[TrainingSet]:
    """The training sets that were trained on both, so that both get a part of what is equal."""
    sets = TrainingSet.objects.select_related("model_version__platform")
    for track in (first, second):
        sets = sets.filter(
            pk__in=track.trainings.filter(role=TrainingRole.TRAIN).values("training_set")
        )
    return list(sets.order_by("-frozen_at"))
