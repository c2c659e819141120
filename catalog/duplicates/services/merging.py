"""Merging one track, work or party into another, and taking that back.

A merge changes pointers alone: no share, credit, consent or training set is touched, so undoing it
restores what was. History keeps who and why. What a merge does to money follows from the pointers,
in periods that are computed afterwards: `catalog.selectors.ownership`,
`royalty.selectors.snapshots`.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from catalog.duplicates.models import Candidate, Merge, Status, Subject
from catalog.duplicates.rights import differing_rights
from catalog.models import Party, Track, Work
from catalog.services.history import changing

Thing = Track | Work | Party

SOURCE = "duplicates"
MOST_WORDS = 500


class MergeRefused(Exception):
    """Two things are not put together, or not taken apart; the message says why and what to do."""


class RightsDiffer(MergeRefused):
    """Both have shares, and not the same; somebody must say that the survivor's count."""


def subject_of(thing: Thing) -> Subject:
    return Subject(str(thing._meta.model_name))


def merge(
    survivor: Thing,
    other: Thing,
    *,
    by: User | None,
    reason: str,
    survivors_shares_count: bool = False,
) -> Merge:
    """Say that `other` is `survivor`.

    Args:
        survivors_shares_count: somebody has seen that the shares differ and wants the survivor's.

    Raises:
        RightsDiffer: the shares differ and nobody said which count.
        MergeRefused: they are one already, or one of them was merged meanwhile.
    """
    if not reason.strip():
        raise MergeRefused("Say why the two are one; whoever undoes it later wants to know.")
    with changing(by=by, reason=reason.strip()[:MOST_WORDS], source=SOURCE):
        survivor, other = _locked(survivor, other)
        if not survivors_shares_count and differing_rights(survivor, other):
            raise RightsDiffer(
                f"“{survivor}” and “{other}” have different shares. Only those of “{survivor}” "
                "would count; confirm that, or mend the shares first."
            )
        subject = subject_of(survivor)
        moved = _all_like(other).filter(merged_into=other)
        moved_ids = sorted(moved.values_list("pk", flat=True))
        moved.update(merged_into=survivor)
        _all_like(other).filter(pk=other.pk).update(merged_into=survivor)
        made = Merge.objects.create(
            subject=subject,
            moved=moved_ids,
            by=by,
            reason=reason,
            **{f"survivor_{subject}": survivor, f"other_{subject}": other},
        )
        _decided(made, by, reason, at=timezone.now())
    return made


def unmerge(made: Merge, *, by: User | None, reason: str) -> Merge:
    """Take a merge back: everything points where it did before.

    Raises:
        MergeRefused: it was undone, a later merge must be undone first, or an identifier that the
            two have in common was given to somebody else meanwhile.
    """
    if not reason.strip():
        raise MergeRefused("Say why the two are not one.")
    try:
        with changing(by=by, reason=reason.strip()[:MOST_WORDS], source=SOURCE):
            return _unmerged(Merge.objects.select_for_update().get(pk=made.pk), by, reason)
    except IntegrityError as error:
        raise MergeRefused(
            f"“{made.other}” has an identifier that another has by now, perhaps “{made.survivor}” "
            "itself. Remove it from one of them, then undo the merge."
        ) from error


def _unmerged(made: Merge, by: User | None, reason: str) -> Merge:
    if made.undone_at is not None:
        raise MergeRefused(f"This merge was undone on {made.undone_at:%-d %B %Y}.")
    things = _all_like(made.other)
    points_at = dict(
        things.select_for_update()
        .filter(pk__in=[made.survivor.pk, made.other.pk, *made.moved])
        .order_by("pk")
        .values_list("pk", "merged_into_id")
    )
    if points_at[made.survivor.pk] is not None:
        later = things.get(pk=points_at[made.survivor.pk])
        raise MergeRefused(f"“{made.survivor}” was merged into “{later}” later; undo that first.")
    if any(points_at[pk] != made.survivor.pk for pk in (made.other.pk, *made.moved)):
        raise MergeRefused(f"“{made.other}” points elsewhere by now; undo the later merges first.")
    things.filter(pk=made.other.pk).update(merged_into=None)
    things.filter(pk__in=made.moved).update(merged_into=made.other)
    made.undone_by, made.undone_at, made.undone_reason = by, timezone.now(), reason
    made.save(update_fields=["undone_by", "undone_at", "undone_reason"])
    _of(made).filter(status=Status.MERGED).update(
        status=Status.DISTINCT, decided_by=by, decided_at=made.undone_at, reason=reason
    )
    return made


def _locked(survivor: Thing, other: Thing) -> tuple[Thing, Thing]:
    """Both as they are now, locked in one order, so that of two opposite merges one wins."""
    if survivor.pk == other.pk:
        raise MergeRefused(f"“{survivor}” is itself already.")
    rows = _all_like(survivor).select_for_update().filter(pk__in=[survivor.pk, other.pk])
    found = {row.pk: row for row in rows.order_by("pk")}
    _refuse_merged(found.values())
    return found[survivor.pk], found[other.pk]


def _refuse_merged(things: Collection[Thing]) -> None:
    for thing in things:
        if thing.merged_into_id is not None:
            raise MergeRefused(
                f"“{thing}” is merged into “{thing.merged_into}” already; use that one, or undo "
                "that merge first."
            )


def _all_like(thing: Thing) -> QuerySet[Any]:
    """All tracks, works or parties: what the thing is."""
    return type(thing)._default_manager.all()


def _of(made: Merge) -> QuerySet[Candidate]:
    first, second = sorted((made.survivor.pk, made.other.pk))
    return Candidate.objects.filter(
        **{f"first_{made.subject}": first, f"second_{made.subject}": second}
    )


def _decided(made: Merge, by: User | None, reason: str, *, at: datetime) -> None:
    _of(made).update(status=Status.MERGED, decided_by=by, decided_at=at, reason=reason)
