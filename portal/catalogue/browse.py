"""What is in the catalogue: works, tracks and parties, searched, leafed through, downloaded."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import ANYWHERE_ELSE, Party, Right, Sender, Share, Track, Work
from catalog.selectors import ownership, valid_on
from common.money import PPM
from portal.access import OperatorRequest, for_operators
from portal.catalogue.searching import (
    CHOICES,
    KINDS,
    Sought,
    found,
    may_be_trained_on,
    sought,
    values_of,
)
from royalty.documents.csv.cells import defused

ROWS_A_PAGE = 50
# How far one can leaf, and how far what was looked for is counted; a narrower search finds more.
MOST_SHOWN = 5_000
MOST_IN_A_FILE = 100_000
COLUMNS = {
    "tracks": "ref title version artist isrc work__ref work__title work__iswc release_title "
    "released_on genre licence sender__code",
    "works": "ref title version collection iswc language sender__code",
    "parties": "ref name kind ipi_name ipi_base isni ddex_party_id",
}


@dataclass(frozen=True)
class Row:
    """A track, a work or a party of the list, with what stands beside it."""

    thing: Any
    held_ppm: int = 0  # of the composition
    is_agreed: bool = False
    names: str = ""
    count: int = 0

    @property
    def unclaimed_ppm(self) -> int:
        return max(0, PPM - self.held_ppm)


@for_operators
def browse(request: OperatorRequest) -> HttpResponse:
    """What was looked for; `?format=csv` is the same as a file."""
    asked, today = sought(request.GET), timezone.localdate()
    rows = found(asked, asked.kind, on=today)
    if request.GET.get("format") == "csv":
        return _as_file(asked.kind, rows)
    counts = {kind: _count(asked, kind, today) for kind in KINDS}
    pages = Paginator(_with_related(rows, asked.kind), ROWS_A_PAGE)
    pages.count = min(counts[asked.kind], MOST_SHOWN)
    page = pages.get_page(request.GET.get("page"))
    context = {
        "sought": asked,
        "counts": counts,
        "said_counts": {kind: _said(asked, n) for kind, n in counts.items()},
        "count": counts[asked.kind],
        "said_count": _said(asked, counts[asked.kind]),
        "most_shown": MOST_SHOWN,
        "page": page,
        "rows": ROWS_OF[asked.kind](list(page), today),
        "choices": CHOICES,
        "genres": values_of(Track, "genre") if asked.kind == "tracks" else [],
        "licences": values_of(Track, "licence") if asked.kind == "tracks" else [],
        "senders": list(Sender.objects.order_by("name")),
    }
    return render(request, "portal/catalogue/browse.html", context)


def _count(asked: Sought, kind: str, today: date) -> int:
    """How many there are; of what was looked for, no further than one can leaf, and one more."""
    rows = found(asked, kind, on=today).order_by()
    return rows[: MOST_SHOWN + 1].count() if asked.is_narrowed else rows.count()


def _said(asked: Sought, count: int) -> str:
    if asked.is_narrowed and count > MOST_SHOWN:
        return _("more than %(count)s") % {"count": MOST_SHOWN}
    return str(count)


def _with_related(rows: Any, kind: str) -> Any:
    return rows.select_related("work", "asset") if kind == "tracks" else rows


def _track_rows(tracks: Sequence[Track], today: date) -> list[Row]:
    held = held_by_track(tracks, Right.COMPOSITION, today)
    shown = Track.objects.filter(pk__in=[track.pk for track in tracks])
    agreed = set(shown.filter(may_be_trained_on(today)).values_list("pk", flat=True))
    return [Row(track, held.get(track.pk, 0), track.pk in agreed, track.artist) for track in tracks]


def held_by_track(tracks: Sequence[Track], right: Right, on: date) -> dict[int, int]:
    """How much of a right is held in each track, by id."""
    held: dict[int, int] = {}
    owned = ownership([track.pk for track in tracks], right=right, on=on)
    for track_id, share_ppm in zip(owned.track_ids, owned.share_ppm, strict=True):
        held[int(track_id)] = held.get(int(track_id), 0) + int(share_ppm)
    return held


def _work_rows(works: Sequence[Work], today: date) -> list[Row]:
    ids = [work.pk for work in works]
    shares = valid_on(Share.objects.filter(work__in=ids, right=Right.COMPOSITION), today)
    of: dict[int | None, list[Share]] = {}
    for share in shares.select_related("party").order_by("-share_ppm", "party__name", "pk"):
        of.setdefault(share.work_id, []).append(share)
    recorded: QuerySet[Any, Any] = Track.objects.filter(work__in=ids).order_by().values("work")
    counts = dict(recorded.annotate(n=Count("pk")).values_list("work", "n"))
    rows = []
    for work in works:
        own = of.get(work.pk, [])
        names = ", ".join(dict.fromkeys(share.party.name for share in own))
        held_ppm = sum(each.share_ppm for each in own if ANYWHERE_ELSE in each.territory)
        rows.append(Row(work, held_ppm, names=names, count=counts.get(work.pk, 0)))
    return rows


def _party_rows(parties: Sequence[Party], _today: date) -> list[Row]:
    counted = Party.objects.filter(pk__in=[each.pk for each in parties])
    counts = dict(counted.annotate(n=Count("shares__work", distinct=True)).values_list("pk", "n"))
    return [Row(party, count=counts[party.pk]) for party in parties]


ROWS_OF: Mapping[str, Callable[[Sequence[Any], date], list[Row]]] = {
    "tracks": _track_rows,
    "works": _work_rows,
    "parties": _party_rows,
}


def _as_file(kind: str, rows: Any) -> HttpResponse:
    """The whole result; it is read before the answer begins, since a stream is nobody's."""
    columns = COLUMNS[kind].split()
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([column.replace("__", "_") for column in columns])
    writer.writerows(_cells(rows.values_list(*columns)[:MOST_IN_A_FILE]))
    disposition = {"Content-Disposition": f'attachment; filename="catalogue-{kind}.csv"'}
    return HttpResponse(
        text.getvalue(), content_type="text/csv; charset=utf-8", headers=disposition
    )


def _cells(rows: Any) -> Iterator[list[str]]:
    for row in rows.iterator(chunk_size=2_000):
        yield ["" if value is None else defused(str(value)) for value in row]
