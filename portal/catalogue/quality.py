"""How good the catalogue's data is: the score and where it comes from, findings, monitors."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Organisation, User
from accounts.roles import Act
from catalog.models import Sender
from catalog.quality.models import Alert, Finding, Profile, Score
from catalog.quality.rules import RULES
from catalog.quality.selectors import (
    SEVERITIES,
    filtered,
    open_alerts,
    open_by_dimension,
    outliers,
    root_causes,
    rule_codes,
    trend_of,
    worst,
)
from catalog.quality.services.stewardship import CannotDecide, accept, acknowledge, assign
from portal.access import OperatorRequest, for_operators, operators_may_post, who_may

ROWS_A_PAGE = 50
MOST_ALERTS, MOST_OUTLIERS, MOST_DELIVERIES = 20, 100, 20
WIDTH, HEIGHT = 600, 120  # of a trend's drawing


@dataclass(frozen=True)
class Line:
    """A line of values over time, as an SVG draws it."""

    points: str
    last_x: float
    last_y: float


def drawn(values: Sequence[float], *, top: float, width: int = WIDTH, height: int = HEIGHT) -> Line:
    """Values from left to right between 0 and `top`; one alone is a point at the right."""
    step = width / max(len(values) - 1, 1)
    places = [
        (
            width if len(values) == 1 else at * step,
            height - height * min(value, top) / (top or 1),
        )
        for at, value in enumerate(values)
    ]
    last_x, last_y = places[-1] if places else (0.0, float(height))
    return Line(" ".join(f"{x:.1f},{y:.1f}" for x, y in places), round(last_x, 1), round(last_y, 1))


@for_operators
def dashboard(request: OperatorRequest) -> HttpResponse:
    """The score with its trend, and what takes most of it."""
    trend = trend_of(Score.Scope.WHOLE)
    context = {
        "score": trend[-1] if trend else None,
        "trend": trend,
        "line": drawn([each.value for each in trend], top=100),
        "severities": SEVERITIES,
        "dimensions": open_by_dimension(),
        "causes": root_causes(),
        "alerts": open_alerts(most=MOST_ALERTS),
        "worst": [
            (title, worst(scope))
            for title, scope in (
                (gettext_noop("Senders"), Score.Scope.SENDER),
                (gettext_noop("Collections"), Score.Scope.COLLECTION),
                (gettext_noop("Parties"), Score.Scope.PARTY),
            )
        ],
        "outliers": outliers(most=5),
    }
    return render(request, "portal/catalogue/quality.html", context)


@for_operators
def findings(request: OperatorRequest) -> HttpResponse:
    """A list with filters; without any it shows what is open."""
    asked = {
        name: request.GET.get(name, "").strip()
        for name in ("status", "rule", "severity", "sender", "steward")
    }
    asked["status"] = asked["status"] or Finding.Status.OPEN
    page = Paginator(filtered(**asked), ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "asked": asked,
        "page": page,
        "statuses": Finding.Status.values,
        "rules": rule_codes(),
        "severities": [each.value for each in SEVERITIES],
        "senders": Sender.objects.order_by("name"),
        "stewards": _stewards(),
    }
    return render(request, "portal/catalogue/quality_findings.html", context)


def _stewards() -> list[User]:
    """Who may own a finding: the operator's people."""
    people = User.objects.filter(
        memberships__organisation__kind=Organisation.Kind.OPERATOR, is_active=True
    )
    return list(people.distinct().order_by("email"))


@for_operators
def finding(request: OperatorRequest, pk: int) -> HttpResponse:
    """One finding: what, where from, since when, and who looks after it."""
    found = get_object_or_404(
        Finding.objects.select_related("sender", "delivery", "steward"), pk=pk
    )
    context = {
        "finding": found,
        "rule": RULES.get(found.rule),
        "events": found.events.select_related("by").order_by("-at", "-pk"),
        "stewards": _stewards(),
        "today": timezone.localdate(),
    }
    return render(request, "portal/catalogue/quality_finding.html", context)


@operators_may_post
@who_may(Act.RIGHTS)
def decide(request: OperatorRequest, pk: int) -> HttpResponse:
    """Give a finding to somebody, or accept it until a day."""
    found = get_object_or_404(Finding, pk=pk)
    by, at = request.user, timezone.now()
    assert isinstance(by, User)
    day = _day(request.POST.get("day", ""))
    if request.POST.get("action") == "accept":
        reason = request.POST.get("reason", "")
        try:
            accept(found, until=day or timezone.localdate(), reason=reason, by=by, at=at)
            messages.success(request, _("It is accepted until then."))
        except CannotDecide as error:
            messages.error(request, str(error))
    else:
        email = request.POST.get("steward", "")
        steward = next((each for each in _stewards() if each.email == email), None)
        if email and steward is None:
            messages.error(request, _("Nobody of the operator's people is known by this address."))
        else:
            assign(found, steward=steward, due_on=day, by=by, at=at)
            messages.success(
                request,
                _("It is %(steward)s's now.") % {"steward": steward}
                if steward
                else _("It is nobody's now."),
            )
    return redirect("catalogue:quality-finding", pk=pk)


def _day(text: str) -> date | None:
    try:
        return parse_date(text.strip())
    except ValueError:
        return None


@dataclass(frozen=True)
class Watched:
    """A sender with what it delivered, the oldest first."""

    sender: Sender
    profiles: tuple[Profile, ...]
    alerts: tuple[Alert, ...]

    @property
    def line(self) -> Line:
        counts = [float(each.row_count) for each in self.profiles]
        return drawn(counts, top=max(counts, default=1), width=200, height=40)


@for_operators
def monitors(request: OperatorRequest) -> HttpResponse:
    """What each sender delivered, and what was unusual about it."""
    watched = []
    for sender in Sender.objects.order_by("name"):
        profiles = Profile.objects.filter(sender=sender).select_related("delivery")
        last = tuple(reversed(profiles.order_by("-received_at")[:MOST_DELIVERIES]))
        alerts = Alert.objects.filter(sender=sender).select_related("acknowledged_by", "delivery")
        newest = tuple(alerts.order_by("-raised_at", "pk")[:MOST_ALERTS])
        if last or newest:
            watched.append(Watched(sender, last, newest))
    return render(request, "portal/catalogue/quality_monitors.html", {"watched": watched})


@operators_may_post
@who_may(Act.RIGHTS)
def acknowledge_alert(request: OperatorRequest, pk: int) -> HttpResponse:
    """Say that somebody looked at an alert."""
    assert isinstance(request.user, User)
    acknowledge(get_object_or_404(Alert, pk=pk), by=request.user, at=timezone.now())
    messages.success(request, _("The alert is noted as seen."))
    return redirect("catalogue:quality-monitors")


@for_operators
def odd_tracks(request: OperatorRequest) -> HttpResponse:
    """The tracks that are most unlike those beside them, with the reasons."""
    context = {"outliers": outliers(most=MOST_OUTLIERS)}
    return render(request, "portal/catalogue/quality_outliers.html", context)
