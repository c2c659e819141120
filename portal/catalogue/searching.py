"""What was looked for in the catalogue, and the rows that are like it.

The state of a search is its address. A choice that is none of those offered counts as not made, so
that an old or a mistyped address still shows something.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from catalog.claims.models import Conflict
from catalog.models import ANYWHERE_ELSE, Consent, Party, Right, Share, Track, Use, Work
from catalog.quality.models import Finding
from catalog.quality.selectors import SEVERITIES
from catalog.selectors import valid_on
from common.money import PPM

LONGEST, MOST_WORDS = 200, 6
KINDS = ("tracks", "works", "parties")
CHOICES: Mapping[str, Mapping[str, str | Promise]] = {
    "kind": {kind: kind for kind in KINDS},
    "file": {"yes": _("with a file"), "no": _("known by description alone")},
    "consent": {"yes": _("may be trained on today"), "no": _("may not be trained on today")},
    "ownership": {
        "unclaimed": _("partly unclaimed"),
        "conflict": _("claimed beyond the whole"),
        "contested": _("in an open conflict"),
    },
    "severity": {
        each.value: format_lazy(_("with an open finding: {severity}"), severity=_(each.value))
        for each in SEVERITIES
    },
    "merged": {"yes": _("merged into another")},
    "sort": {
        "": _("by title"),
        "newest": _("newest first"),
        "released": _("latest release first"),
    },
}
IPI_DIGITS = 11


@dataclass(frozen=True)
class Sought:
    """What the address asks for; an empty text asks for nothing."""

    q: str = ""
    kind: str = KINDS[0]
    collection: str = ""
    genre: str = ""
    licence: str = ""
    sender: str = ""
    file: str = ""
    consent: str = ""
    ownership: str = ""
    severity: str = ""
    merged: str = ""
    sort: str = ""

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is asked but what kind, and in which order."""
        return any(getattr(self, each.name) for each in fields(self)[2:-1]) or bool(self.q)

    @property
    def is_filtered(self) -> bool:
        return any(getattr(self, each.name) for each in fields(self)[2:])


def sought(query: Mapping[str, str]) -> Sought:
    """What a query string asks for."""
    asked = {each.name: _text(query.get(each.name, "")) for each in fields(Sought)}
    for name, choices in CHOICES.items():
        if asked[name] not in choices:
            asked[name] = ""
    return Sought(**asked | {"kind": asked["kind"] or KINDS[0]})


def _text(value: str) -> str:
    return value.replace("\0", "").strip()[:LONGEST]


def found(sought: Sought, kind: str, *, on: date) -> QuerySet[Any]:
    """The rows of a kind that are like it, in its order; a day says whose shares count."""
    rows = {"tracks": _tracks, "works": _works, "parties": _parties}[kind](sought, on)
    if sought.severity:
        rows = rows.filter(pk__in=_faulty(kind, sought.severity))
    return rows.filter(merged_into__isnull=not sought.merged).order_by(*_order(sought, kind))


def _order(sought: Sought, kind: str) -> tuple[str, ...]:
    if sought.sort == "newest":
        return ("-pk",)
    if sought.sort == "released" and kind == "tracks":
        return ("-released_on", "pk")
    return ("name" if kind == "parties" else "title", "pk")


def _tracks(sought: Sought, on: date) -> QuerySet[Track]:
    rows = Track.objects.filter(_said(sought.q, _track_like))
    for field, value in (("genre", sought.genre), ("licence", sought.licence)):
        rows = rows.filter(**{field: value}) if value else rows
    if sought.collection:
        rows = rows.filter(work__in=Work.objects.filter(collection__icontains=sought.collection))
    if sought.sender:
        rows = rows.filter(sender__code=sought.sender)
    if sought.file:
        rows = rows.filter(asset__isnull=sought.file == "no")
    if sought.consent:
        agreed = may_be_trained_on(on)
        rows = rows.filter(agreed if sought.consent == "yes" else ~agreed)
    if sought.ownership:
        rows = rows.filter(_owned(sought.ownership, "work", on))
    return rows


def _works(sought: Sought, on: date) -> QuerySet[Work]:
    rows = Work.objects.filter(_said(sought.q, _work_like))
    if sought.collection:
        rows = rows.filter(collection__icontains=sought.collection)
    if sought.sender:
        rows = rows.filter(sender__code=sought.sender)
    if sought.ownership:
        rows = rows.filter(_owned(sought.ownership, "pk", on))
    return rows


def _parties(sought: Sought, _on: date) -> QuerySet[Party]:
    return Party.objects.filter(_said(sought.q, _party_like))


def _said(text: str, like: Callable[[list[str], str], tuple[Q, Q]]) -> Q:
    """Every word is in one of the columns, or the whole is one of the identifiers."""
    if not text:
        return Q()
    by_words, by_code = like(text.split()[:MOST_WORDS], re.sub(r"[\s.-]", "", text).upper())
    return by_words | by_code if by_code else by_words


def _in_any(word: str, *columns: str) -> Q:
    found = Q()
    for column in columns:
        found |= Q(**{f"{column}__icontains": word})
    return found


def _track_like(words: list[str], code: str) -> tuple[Q, Q]:
    by_words = Q()
    for word in words:
        works = Work.objects.filter(title__icontains=word)
        by_words &= _in_any(word, "title", "artist", "ref") | Q(work__in=works.values("pk"))
    return by_words, Q(isrc=code) | Q(work__in=Work.objects.filter(iswc=code).values("pk"))


def _work_like(words: list[str], code: str) -> tuple[Q, Q]:
    by_words = Q()
    for word in words:
        by_words &= _in_any(word, "title", "ref", "collection")
    recorded = Track.objects.filter(isrc=code).values("work")
    return by_words, Q(iswc=code) | Q(pk__in=recorded)


def _party_like(words: list[str], code: str) -> tuple[Q, Q]:
    by_words = Q()
    for word in words:
        by_words &= _in_any(word, "name", "ref")
    ipi = code.zfill(IPI_DIGITS) if code.isdigit() else code
    return by_words, Q(ipi_name=ipi) | Q(ipi_base=code) | Q(isni=code) | Q(ddex_party_id=code)


def may_be_trained_on(on: date) -> Q:
    """Tracks to whose training somebody agreed and which nobody forbade to all models."""
    said = valid_on(Consent.objects.filter(track=OuterRef("pk")), on)
    allowing = said.filter(is_opt_out=False, use__in=Use.TRAINING.granted_by)
    forbidding = said.filter(
        is_opt_out=True, use__in=Use.TRAINING.forbidden_by, model_version__isnull=True
    )
    return Q(Exists(allowing)) & ~Q(Exists(forbidding))


def _owned(state: str, work: str, on: date) -> Q:
    """Works whose composition is held in part, or more than once, where no share says a country.

    What is unclaimed is asked work by work: a page finds its rows soon, and a count that is capped
    need not add up every share. More than the whole is rare, and those works are looked up once.
    """
    if state == "contested":
        return Q(**{f"{work}__in": Conflict.objects.filter(settled_at=None).values("work")})
    shares = Share.objects.filter(right=Right.COMPOSITION, territory__holds_in=ANYWHERE_ELSE)
    valid = valid_on(shares, on)
    if state == "conflict":
        held = valid.values("work").annotate(held_ppm=Sum("share_ppm")).order_by()
        return Q(**{f"{work}__in": held.filter(held_ppm__gt=PPM).values("work")})
    own = valid.filter(work=OuterRef(work)).values("work").annotate(held_ppm=Sum("share_ppm"))
    return ~Q(Exists(own.order_by().filter(held_ppm__gte=PPM)))


def _faulty(kind: str, severity: str) -> QuerySet[Finding, Any]:
    """The ids of a kind about which an open finding of a severity is."""
    rows = Finding.objects.filter(status=Finding.Status.OPEN, severity=severity)
    if kind == "parties":
        return rows.filter(subject="party").values_list("subject_id", flat=True)
    if kind == "tracks":
        return rows.values_list("track_id", flat=True)
    return rows.values_list("work_id", flat=True)


def values_of(model: type[Model], column: str, most: int = 100) -> list[str]:
    """What stands in a column, for a choice of it."""
    rows = model._default_manager.exclude(**{column: ""}).order_by(column)
    return list(rows.values_list(column, flat=True).distinct()[:most])
