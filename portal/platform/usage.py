"""What a platform reported: files of uses and revenue, line by line what became of them, by day."""

from datetime import date
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from catalog.models import Platform
from catalog.services.clock import now_for
from portal.platform.guard import PlatformRequest, for_platforms, own_platform, platform_of
from portal.results import result_by_line
from royalty.models import EventKind, Period, RevenueKind, SentFile
from royalty.selectors.calendar import computable_on
from royalty.selectors.report_days import Day, counted_in, days_of
from royalty.selectors.runs import current_runs
from royalty.selectors.sent_files import Status, in_status, sent_files, status_of

FILES_A_PAGE = 25
MOST_SHOWN = 2_000
PERIODS_TO_CHOOSE = 24


@require_safe
@for_platforms
def usage(request: PlatformRequest) -> HttpResponse:
    """The reports of a period by day, and everything that was sent, newest first."""
    platform = platform_of(request)
    context: dict[str, Any] = {"platform": platform}
    if platform is not None:
        context |= _by_day(request, platform) | _files(request, platform)
    return render(request, "portal/platform/usage.html", context)


def _by_day(request: PlatformRequest, platform: Platform) -> dict[str, Any]:
    """The days of the period that was asked for, or of the one that is under way."""
    periods = list(_periods(platform).order_by("-starts_on", "contract__code")[:PERIODS_TO_CHOOSE])
    wanted = request.GET.get("period", "")
    period = next((each for each in periods if str(each.pk) == wanted), None)
    period = period or running_period(periods, now_for(platform).date())
    if period is None:
        return {"periods": periods, "period": None}
    days = days_of(period, current_runs([period]).get(period.pk))
    kinds = [kind for kind in RevenueKind if any(kind in day.revenue_atoms for day in days)]
    return {
        "periods": periods,
        "period": period,
        "reports_until": computable_on(period),
        "kinds": kinds,
        "days": [(day, [(kind, day.revenue_atoms.get(kind, 0)) for kind in kinds]) for day in days],
        "total": _total(days),
        "sums": [(kind, sum(day.revenue_atoms.get(kind, 0) for day in days)) for kind in kinds],
    }


def running_period(periods: list[Period], today: date) -> Period | None:
    """Of periods, newest first, the one that takes reports: open and begun; else the newest."""
    is_open = (each for each in periods if each.status == Period.Status.OPEN)
    begun = [each for each in is_open if each.starts_on <= today]
    return next(iter([*begun, *periods]), None)


def _periods(platform: Platform) -> QuerySet[Period]:
    return Period.objects.filter(contract__platform=platform).select_related("contract__platform")


def _total(days: list[Day]) -> Day | None:
    if not days:
        return None
    return Day(days[0].on, sum(day.uses for day in days), sum(day.late for day in days))


def _files(request: PlatformRequest, platform: Platform) -> dict[str, Any]:
    kind, status = request.GET.get("kind", ""), request.GET.get("status", "")
    found = sent_files(platform)
    if kind in EventKind.values:
        found = found.filter(kind=kind)
    if status in list(Status):
        found = found.filter(in_status(Status(status)))
    latest = found.order_by("-pk")[:MOST_SHOWN]
    page = Paginator(latest, FILES_A_PAGE).get_page(request.GET.get("page"))
    return {
        "page": page,
        "files": [(sent, status_of(sent)) for sent in page.object_list],
        "event_kinds": EventKind.choices,
        "statuses": list(Status),
        "kind": kind,
        "status": status,
        "is_search": bool(kind or status),
    }


@require_safe
@for_platforms
def sent_file(request: PlatformRequest, pk: UUID) -> HttpResponse:
    """One file: how many lines count, what was wrong with the others, and when it counts."""
    sent = _own(request, pk)
    context = {
        "sent": sent,
        "status": status_of(sent),
        "counted": counted_in(sent),
        "more_errors": max(0, sent.error_count - len(sent.errors)),
    }
    return render(request, "portal/platform/sent_file.html", context)


@require_safe
@for_platforms
def sent_file_result(request: PlatformRequest, pk: UUID) -> FileResponse:
    """What became of each line."""
    return result_by_line(_own(request, pk))


def _own(request: PlatformRequest, pk: UUID) -> SentFile:
    return get_object_or_404(sent_files(own_platform(request)).select_related("file"), pk=pk)
