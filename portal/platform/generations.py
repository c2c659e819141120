"""The pieces that a platform sent: the list, and one piece with all that is known of it.

Shares are shown as the API shows them to a platform (`attribution.api`): which tracks, how much,
how sure, by what. Who owns a track is never here.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.models import Organisation
from accounts.selectors import Sought, requests_of
from attribution.models import Attribution, FeatureStore, Generation, GenerationFeatures
from attribution.selectors.attributions import Standing, Status, paid_tracks, standings
from attribution.selectors.generations import in_status
from attribution.selectors.verification import sentence_of
from catalog.models import ModelVersion, Track
from common.api.models import KEPT_FOR, LoggedRequest
from portal.platform.guard import PlatformRequest, for_platforms, own_platform, platform_of
from portal.tables import Column, Table
from portal.templatetags.figures import attributed_ppb
from royalty.selectors.piece_reports import months_of

PIECES_A_PAGE = 50
# How far back one can leaf through; further back is found by a narrower search.
MOST_SHOWN = 2_000
FILTERS = ("status", "model", "day", "id")
SENT_TO = "/api/v1/generations"
ROUNDED = timedelta(milliseconds=5)  # durations in the log are of whole milliseconds
LONGEST_REQUEST = timedelta(minutes=5)


PIECES = Table(
    name="generations",
    caption=gettext_lazy("Generated pieces"),
    columns=(
        Column("id", value=lambda row: str(row[0].pk)),
        Column(
            "piece",
            gettext_lazy("Piece"),
            sort=attrgetter("external_id"),
            value=lambda row: row[0].external_id,
        ),
        Column(
            "model",
            gettext_lazy("Model"),
            sort=lambda piece: piece.model_version.ref,
            value=lambda row: row[0].model_version.ref,
        ),
        Column("received", value=lambda row: row[0].created_at),
        Column(
            "generated",
            gettext_lazy("Generated"),
            sort=attrgetter("generated_at"),
            value=lambda row: row[0].generated_at,
        ),
        Column("attribution", gettext_lazy("Attribution"), value=lambda row: row[1].status),
        Column(
            "tracks",
            gettext_lazy("Tracks"),
            "number",
            value=lambda row: len(row[1].attribution.track_ids) if row[1].attribution else None,
        ),
        Column(
            "attributed_ppb",
            gettext_lazy("Attributed to tracks"),
            "number",
            value=lambda row: attributed_ppb(row[1].attribution) if row[1].attribution else None,
        ),
    ),
    rows_a_page=PIECES_A_PAGE,
)


@require_safe
@for_platforms
def generations(request: PlatformRequest) -> HttpResponse:
    """The last pieces with how far each is, or those that were looked for."""
    platform = platform_of(request)
    asked = {name: request.GET.get(name, "").replace("\0", "").strip() for name in FILTERS}
    found = Generation.objects.filter(platform=platform).select_related(
        "model_version", "arrival_run"
    )
    latest = _sought(found, asked).order_by("-created_at", "-pk")[:MOST_SHOWN]
    is_in_order = PIECES.asked_order(request) != PIECES.start
    table = PIECES.shown(request, list(latest) if is_in_order else latest, details=_how_far)
    if table.wants_file:
        return table.file()
    context = {
        "platform": platform,
        "table": table,
        "pieces": table.rows,
        "asked": asked,
        "is_search": any(asked.values()),
        "is_day": not asked["day"] or _day(asked["day"]) is not None,
        "statuses": list(Status),
        "models": ModelVersion.objects.filter(platform=platform).order_by("name", "version"),
    }
    return render(request, "portal/platform/generations.html", context)


def _how_far(pieces: list[Generation]) -> list[tuple[Generation, Standing]]:
    how_far = standings(pieces)
    return [(piece, how_far[piece.pk]) for piece in pieces]


def _sought(found: QuerySet[Generation], asked: dict[str, str]) -> QuerySet[Generation]:
    """What matches; nothing, where a filter cannot be read."""
    if asked["status"]:
        known = asked["status"] in list(Status)
        found = in_status(found, Status(asked["status"])) if known else found.none()
    if asked["model"]:
        known = asked["model"].isdecimal() and len(asked["model"]) < len("1000000000000000000")
        found = found.filter(model_version=int(asked["model"])) if known else found.none()
    if asked["day"]:
        day = _day(asked["day"])
        found = found.none() if day is None else found.filter(generated_at__range=_span(day))
    if asked["id"]:
        found = found.filter(_called(asked["id"]))
    return found


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _span(day: date) -> tuple[datetime, datetime]:
    """The first and the last instant of a day, in UTC."""
    return datetime.combine(day, time.min, UTC), datetime.combine(day, time.max, UTC)


def _called(name: str) -> Q:
    """The platform's own name as a whole or its beginning, or our id."""
    own = Q(external_id__startswith=name)
    try:
        return own | Q(pk=UUID(name))
    except ValueError:
        return own


@dataclass(frozen=True)
class ShownShare:
    """What one track has of the piece; low and high are none without an interval."""

    track: Track
    share_ppb: int
    low_ppb: int | None
    high_ppb: int | None
    pairs: list[tuple[int, int, float]]  # segments from 1, as people count, and the score


@require_safe
@for_platforms
def generation(request: PlatformRequest, pk: UUID) -> HttpResponse:
    """One piece: how far its attribution is, what shaped it, how often it was used and sold."""
    pieces = Generation.objects.filter(platform=own_platform(request)).select_related(
        "asset", "model_version", "arrival_run"
    )
    piece = get_object_or_404(pieces, pk=pk)
    standing = standings([piece])[piece.pk]
    context: dict[str, Any] = {
        "piece": piece,
        "standing": standing,
        "months": months_of(piece),
        "requests": brought_by(piece, request.organisation),
        "log_days": KEPT_FOR.days,
        **_measured(standing),
    }
    return render(request, "portal/platform/generation.html", context)


def brought_by(piece: Generation, organisation: Organisation) -> list[LoggedRequest]:
    """The requests during which the piece was first written: one, unless several overlapped.

    The log keeps no contents, so time is what connects them.
    """
    log = requests_of(
        organisation,
        Sought(
            method="POST",
            path=SENT_TO,
            since=piece.created_at - LONGEST_REQUEST,
            until=piece.created_at + LONGEST_REQUEST,
        ),
    )
    ended_later = log.filter(answered_at__gte=piece.created_at - ROUNDED, status__lt=400)
    near = ended_later.order_by("answered_at")[:PIECES_A_PAGE]
    return [
        logged
        for logged in near
        if logged.answered_at - timedelta(milliseconds=logged.milliseconds) - ROUNDED
        <= piece.created_at
    ]


def _measured(standing: Standing) -> dict[str, Any]:
    row = standing.attribution
    if row is None:
        return {"shares": []}
    store = row.run.feature_store
    sent = GenerationFeatures.objects.filter(generation=row.generation_id, feature_store=store)
    features = sent.first()
    return {
        "run": row.run,
        "shares": shares_of(row),
        "store": store,
        "is_ours": store.origin == FeatureStore.Origin.OURS,
        "verification": sentence_of(features) if features else "",
    }


def shares_of(row: Attribution) -> list[ShownShare]:
    """The tracks of an attribution, the largest share first as they are stored."""
    evidence = row.evidence or [[] for _ in row.track_ids]
    columns = zip(paid_tracks(row), row.share_ppb, row.low_ppb, row.high_ppb, evidence, strict=True)
    bounded = row.has_model_interval
    return [
        ShownShare(
            track,
            share,
            low if bounded else None,
            high if bounded else None,
            [(int(mine) + 1, int(theirs) + 1, score) for mine, theirs, score in pairs],
        )
        for track, share, low, high, pairs in columns
    ]
