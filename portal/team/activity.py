"""An organisation's own audit log: what its people did, filtered, and as CSV."""

import csv
import io
from datetime import UTC, date, datetime, time, timedelta

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.audit import events_of
from accounts.models import AuditEvent, Organisation
from common.spreadsheets import defused
from portal.team.words import words_of

EVENTS_A_PAGE = 50
MOST_ROWS = 50_000  # of a file


class ActivityFilter(forms.Form):
    """Who, what kind, and when."""

    who = forms.CharField(label=gettext_lazy("Person"), max_length=254, required=False)
    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=gettext_lazy("To"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


@never_cache
@login_required
@require_safe
def activity(request: HttpRequest) -> HttpResponse:
    """The log, the newest first."""
    form = ActivityFilter(request.GET, label_suffix="")
    found = _found(request, form)
    page = Paginator(found, EVENTS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "events": [(event, words_of(event.act)) for event in page],
        "query": "".join(f"&{key}={value}" for key, value in _asked(form).items()),
    }
    return render(request, "portal/team/activity.html", context)


@never_cache
@login_required
@require_safe
def activity_csv(request: HttpRequest) -> HttpResponse:
    """The same as a file."""
    form = ActivityFilter(request.GET)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["at_utc", "person", "act", "about", "for", "through", "network", "request"])
    for event in _found(request, form)[:MOST_ROWS]:
        writer.writerow([defused(str(cell)) for cell in _row(event)])
    answer = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="activity.csv"'
    return answer


def _row(event: AuditEvent) -> tuple[object, ...]:
    return (
        f"{event.at:%Y-%m-%dT%H:%M:%SZ}",
        event.user.email if event.user else "",
        event.act,
        event.about,
        event.organisation or "",
        event.through or "",
        event.network,
        event.request_id,
    )


def _found(request: HttpRequest, form: ActivityFilter) -> QuerySet[AuditEvent]:
    organisation: Organisation | None = getattr(request, "organisation", None)
    if organisation is None:
        raise PermissionDenied(_("You do not belong to an organisation yet."))
    found = events_of(organisation)
    if not form.is_valid():
        return found
    asked = form.cleaned_data
    if asked["who"]:
        found = found.filter(user__email__icontains=asked["who"])
    if asked["since"]:
        found = found.filter(at__gte=_midnight(asked["since"]))
    if asked["until"]:
        found = found.filter(at__lt=_midnight(asked["until"] + timedelta(days=1)))
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)


def _asked(form: ActivityFilter) -> dict[str, object]:
    return (
        {key: value for key, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    )
