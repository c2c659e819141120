"""The public list: works and tracks of which a part is claimed by nobody.

Whoever looks is nobody to the database, so this reads as system, and returns just what anybody may
know: no share of anybody's, no claim, no address, no amount. Names are those of the people who made
the music, which credits and sleeves tell anyway. Companies behind them are left out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    DateField,
    Exists,
    IntegerField,
    Max,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Coalesce

from catalog.media import MIDI
from catalog.models import ANYWHERE_ELSE, Credit, Right, Role, Share, Track, Work
from catalog.selectors import valid_on
from common.database import tenancy
from common.money import PPM

MAKERS = (
    Role.COMPOSER,
    Role.LYRICIST,
    Role.ARRANGER,
    Role.PERFORMER,
    Role.FEATURED_PERFORMER,
)
A_PAGE = 50
MOST_PAGES = 200
MOST_LETTERS = 200


@dataclass(frozen=True)
class Unclaimed:
    """A work or a track, with the part of its right that nobody claims in most countries."""

    right: Right
    ref: str
    title: str
    version: str
    identifier: str  # ISWC or ISRC
    collection: str
    names: tuple[str, ...]
    unclaimed_ppm: int
    since: date


@dataclass(frozen=True)
class Found:
    """One page of the list."""

    items: tuple[Unclaimed, ...]
    has_more: bool


@tenancy.acting_as(tenancy.SYSTEM)
def unclaimed(right: Right, sought: str, *, on: date, page: int = 1, a_page: int = A_PAGE) -> Found:
    """What matches, by title.

    Args:
        sought: in a title or a name, or an ISWC, ISRC or ref; empty for all.
        page: counted from 1; pages beyond the last are empty.
    """
    first = (page - 1) * a_page
    rows = list(_rows(right, sought[:MOST_LETTERS], on)[first : first + a_page + 1])
    names = _names(right, rows[:a_page])
    items = (_item(right, row, names.get(row.pk, ())) for row in rows[:a_page])
    return Found(tuple(items), len(rows) > a_page)


@tenancy.acting_as(tenancy.SYSTEM)
def is_listed(subject: Work | Track, *, on: date) -> bool:
    """Whether the list has this work or track, so that anybody may know of it."""
    right = Right.COMPOSITION if isinstance(subject, Work) else Right.RECORDING
    return _open(right, on).filter(pk=subject.pk).exists()


@tenancy.acting_as(tenancy.SYSTEM)
def listed(right: Right, ref: str, *, on: date) -> Work | Track | None:
    """The work or the track of a ref, if the list has it."""
    found: Work | Track | None = _open(right, on).filter(ref=ref).first()
    return found


def _open(right: Right, on: date) -> QuerySet[Any]:
    shares = Share.objects.filter(right=right, territory__holds_in=ANYWHERE_ELSE)
    if right == Right.COMPOSITION:
        subjects: QuerySet[Any] = Work.objects.all()
        own = shares.filter(work=OuterRef("pk"))
    else:
        subjects = Track.objects.filter(_holds_a_recording()).select_related("work")
        own = shares.filter(track=OuterRef("pk"))
    held = valid_on(own, on).values("right").annotate(n=Sum("share_ppm")).values("n")
    ended = (
        own.filter(valid_until__lte=on).values("right").annotate(n=Max("valid_until")).values("n")
    )
    found: QuerySet[Any] = (
        subjects.filter(merged_into=None)
        .annotate(
            held_ppm=Coalesce(Subquery(held, output_field=IntegerField()), Value(0)),
            since=Coalesce(Subquery(ended), Cast("created_at", DateField())),
        )
        .filter(held_ppm__lt=PPM)
    )
    return found


def _holds_a_recording() -> Q:
    """A score holds none, unless somebody has a share in it; what has no file may be known by its
    ISRC, which only recordings have."""
    has_shares = Exists(Share.objects.filter(track=OuterRef("pk")))
    is_audio = Q(asset__isnull=False) & ~Q(asset__media_type=MIDI.media_type)
    return Q(has_shares) | is_audio | ~Q(isrc="")


def _rows(right: Right, sought: str, on: date) -> QuerySet[Any]:
    found = _open(right, on)
    if sought:
        path = "work" if right == Right.COMPOSITION else "track"
        named = Q(party__name__icontains=sought, role__in=MAKERS)
        by_name = Exists(Credit.objects.filter(named, **{path: OuterRef("pk")}))
        by_share = Exists(Share.objects.filter(named, **{path: OuterRef("pk")}))
        bare = "".join(each for each in sought if each.isalnum()).upper()
        identifier = "iswc" if right == Right.COMPOSITION else "isrc"
        wanted = Q(title__icontains=sought) | Q(ref=sought) | by_name | by_share
        if bare:
            wanted |= Q(**{identifier: bare})
        if right == Right.RECORDING:
            wanted |= Q(artist__icontains=sought)
        found = found.filter(wanted)
    return found.order_by("title", "pk")


def _names(right: Right, rows: Sequence[Model]) -> dict[int, tuple[str, ...]]:
    path = "work" if right == Right.COMPOSITION else "track"
    among = {f"{path}__in": [row.pk for row in rows], "role__in": MAKERS}
    columns = (f"{path}_id", "party__name")
    names: dict[int, dict[str, None]] = {}
    for kind in (Share, Credit):
        pairs: Iterable[tuple[int, str]] = (
            kind.objects.filter(**among).order_by("pk").values_list(*columns)
        )
        for pk, name in pairs:
            names.setdefault(pk, {})[name] = None
    return {pk: tuple(each) for pk, each in names.items()}


def _item(right: Right, row: Any, names: tuple[str, ...]) -> Unclaimed:
    is_work = right == Right.COMPOSITION
    artist = () if is_work or not row.artist or row.artist in names else (row.artist,)
    return Unclaimed(
        right=right,
        ref=row.ref,
        title=row.title,
        version=row.version,
        identifier=row.iswc if is_work else row.isrc,
        collection=row.collection if is_work else row.release_title or row.work.collection,
        names=(*names, *artist),
        unclaimed_ppm=PPM - row.held_ppm,
        since=row.since,
    )


@tenancy.acting_as(tenancy.SYSTEM)
def by_identifier(right: Right, written: str) -> Work | Track | None:
    """The work of an ISWC or the track of an ISRC, as these are written with or without hyphens.

    Whoever knows the number may claim, also where others claim the whole already.
    """
    bare = "".join(each for each in written if each.isalnum()).upper()
    if not bare:
        return None
    if right == Right.COMPOSITION:
        return Work.objects.filter(iswc=bare, merged_into=None).first()
    return Track.objects.filter(isrc=bare, merged_into=None).first()
