"""An organisation's own audit log: what its people did, filtered, and as CSV."""

from datetime import UTC, date, datetime, time
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.audit import events_of
from accounts.models import Organisation
from portal.tables import Column, Filter, Shown, Table, Unreadable
from portal.team.words import words_of

# In the order of time alone: no index has another, and a log is long.
EVENTS = Table(
    name="activity",
    caption=gettext_lazy("Activity"),
    columns=(
        Column(
            "at_utc",
            gettext_lazy("When"),
            sort="pk",
            value=lambda event: f"{event.at:%Y-%m-%dT%H:%M:%SZ}",
        ),
        Column(
            "person",
            gettext_lazy("Who"),
            value=lambda event: event.user.email if event.user else "",
        ),
        Column("act", gettext_lazy("What"), value=lambda event: event.act),
        Column("about", value=lambda event: event.about),
        Column("for", value=lambda event: str(event.organisation or "")),
        Column("through", value=lambda event: str(event.through or "")),
        Column("network", gettext_lazy("From"), value=lambda event: event.network),
        Column("request", value=lambda event: event.request_id),
    ),
    start="-at_utc",
    has_file=False,
)


@never_cache
@login_required
@require_safe
def activity(request: HttpRequest) -> HttpResponse:
    """The log, the newest first."""
    table = _shown(request)
    events = [(event, words_of(event.act)) for event in table.rows]
    return render(request, "portal/team/activity.html", {"table": table, "events": events})


@never_cache
@login_required
@require_safe
def activity_csv(request: HttpRequest) -> HttpResponse:
    """The same as a file."""
    return _shown(request).file()


def _shown(request: HttpRequest) -> Shown:
    organisation: Organisation | None = getattr(request, "organisation", None)
    if organisation is None:
        raise PermissionDenied(_("You do not belong to an organisation yet."))
    return EVENTS.shown(request, events_of(organisation), filters=_filters())


def _filters() -> list[Filter]:
    """Who, and when."""
    return [
        Filter(
            "who",
            _("Person"),
            lambda rows, who: rows.filter(user__email__icontains=who),
        ),
        _by_day("since", _("From"), "at__gte", time.min),
        _by_day("until", _("To"), "at__lte", time.max),
    ]


def _by_day(name: str, label: str, lookup: str, at: time) -> Filter:
    return Filter(name, label, lambda rows, text: _narrowed(rows, text, lookup, at), kind="date")


def _narrowed(events: Any, text: str, lookup: str, at: time) -> Any:
    """Those from a day on or until it."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        said = _("“%(text)s” is no day; write it as 2026-10-31.") % {"text": text}
        raise Unreadable(said) from error
    return events.filter(**{lookup: datetime.combine(day, at, tzinfo=UTC)})
