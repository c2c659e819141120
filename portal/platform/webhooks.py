"""The console of webhooks: endpoints, what was sent to them, and having it sent again."""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.audit import recorded_by
from accounts.webhooks.models import Delivery, Endpoint
from accounts.webhooks.secrets import secret_of
from accounts.webhooks.selectors import deliveries_of, deliveries_to, endpoints_of
from accounts.webhooks.services import endpoints
from accounts.webhooks.services.redelivering import redeliver, replay
from accounts.webhooks.services.refusals import EndpointOff, EndpointRefused, TooManyEndpoints
from portal.platform.guard import PlatformRequest, for_platforms
from portal.platform.webhook_forms import EndpointForm, ReplayForm
from portal.tables import Column, Filter, Table
from portal.templatetags.figures import worded

REFUSALS = (EndpointRefused, EndpointOff, TooManyEndpoints)
OFF_SENTENCE = gettext_lazy(
    "It is switched off: nothing more is sent, and what waited was given up."
)

DELIVERIES = Table(
    name="webhook-deliveries",
    caption=gettext_lazy("Deliveries"),
    columns=(
        Column(
            "event", gettext_lazy("Event"), sort="event__type", value=lambda row: row.event.type
        ),
        Column("id", value=lambda row: row.event.public_id),
        Column(
            "happened",
            gettext_lazy("Happened"),
            sort="event__created_at",
            value=lambda row: row.event.created_at,
        ),
        Column("state", gettext_lazy("State"), sort="state", value=lambda row: row.state),
        Column(
            "attempts",
            gettext_lazy("Attempts"),
            "number",
            sort="attempt_count",
            value=lambda row: row.attempt_count,
        ),
        Column(
            "next_attempt",
            gettext_lazy("Next attempt"),
            sort="next_attempt_at",
            value=lambda row: row.next_attempt_at,
        ),
    ),
    rows_a_page=25,
)


@require_http_methods(["GET", "HEAD", "POST"])
@for_platforms
def webhooks(request: PlatformRequest) -> HttpResponse:
    """The endpoints, and the form for another one."""
    form = EndpointForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = endpoints.create_endpoint(organisation=request.organisation, **form.cleaned_data)
        except EndpointRefused as refusal:
            form.add_error(refusal.field, str(refusal))
        except TooManyEndpoints as refusal:
            form.add_error(None, str(refusal))
        else:
            recorded_by(request, "webhook.made", made.url)
            messages.success(request, _("It is told what happens from now on. Send it a test."))
            return redirect("webhook", made.pk)
    found = endpoints_of(request.organisation).order_by("-pk")
    return render(request, "portal/webhooks.html", {"endpoints": found, "form": form})


@require_safe
@for_platforms
def webhook(request: PlatformRequest, pk: UUID) -> HttpResponse:
    """One endpoint: how it is, what it was sent, and what can be done with it."""
    endpoint = _own(request, pk)
    sent = deliveries_to(endpoint).prefetch_related(None).order_by("-pk")
    table = DELIVERIES.shown(request, sent, filters=[_by_state()])
    if table.wants_file:
        return table.file()
    context = {
        "endpoint": endpoint,
        "table": table,
        "replay": ReplayForm(),
        "now": timezone.now(),
    }
    return render(request, "portal/webhook.html", context)


def _by_state() -> Filter:
    states = [(value, worded(label)) for value, label in Delivery.State.choices]
    return Filter(
        "state",
        _("State"),
        lambda rows, state: rows.filter(state=state),
        states,
        nothing=_("All"),
    )


@require_POST
@for_platforms
def webhook_secret(request: PlatformRequest, pk: UUID) -> HttpResponse:
    """Shows the secret; posted, so that it is shown only to somebody who asked for it."""
    endpoint = _own(request, pk)
    recorded_by(request, "webhook.secret_shown", endpoint.url)
    context = {"endpoint": endpoint, "secret": secret_of(bytes(endpoint.salt))}
    return render(request, "portal/webhook_secret.html", context)


@require_POST
@for_platforms
def webhook_action(request: PlatformRequest, pk: UUID, action: str) -> HttpResponse:
    """Does something with an endpoint, and goes back to its page saying so."""
    endpoint = _own(request, pk)
    if action not in ACTIONS:
        raise Http404
    try:
        messages.success(request, ACTIONS[action](request, endpoint, timezone.now()))
        recorded_by(request, "webhook.changed", f"{action}: {endpoint.url}")
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
    return redirect("webhooks") if action == "remove" else redirect("webhook", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_platforms
def webhook_delivery(request: PlatformRequest, pk: UUID) -> HttpResponse:
    """One event for one endpoint with every attempt; posted, it is sent again."""
    delivery = get_object_or_404(deliveries_of(request.organisation), pk=pk)
    if request.method == "POST":
        try:
            redeliver(delivery, as_of=timezone.now())
            messages.success(request, _("It is on its way again. Reload to see what became of it."))
        except EndpointOff as refusal:
            messages.error(request, str(refusal))
        return redirect("webhook-delivery", pk)
    attempts = delivery.attempts.order_by("number")
    return render(
        request, "portal/webhook_delivery.html", {"delivery": delivery, "attempts": attempts}
    )


def _own(request: PlatformRequest, pk: UUID) -> Endpoint:
    return get_object_or_404(endpoints_of(request.organisation), pk=pk)


Act = Callable[[PlatformRequest, Endpoint, datetime], str]


def _switch_on(_request: PlatformRequest, endpoint: Endpoint, now: datetime) -> str:
    endpoints.change_endpoint(endpoint, as_of=now, enabled=True)
    return _("It is told what happens from now on. What it missed can be replayed.")


def _switch_off(_request: PlatformRequest, endpoint: Endpoint, now: datetime) -> str:
    endpoints.change_endpoint(endpoint, as_of=now, enabled=False)
    return str(OFF_SENTENCE)


def _rotate(_request: PlatformRequest, endpoint: Endpoint, now: datetime) -> str:
    endpoints.rotate_secret(endpoint, as_of=now)
    return _(
        "It has a new secret. For 24 hours the last one signs as well: change over until then."
    )


def _test(_request: PlatformRequest, endpoint: Endpoint, now: datetime) -> str:
    endpoints.ping(endpoint, as_of=now)
    return _("A test is on its way. Reload to see what became of it.")


def _replay(request: PlatformRequest, endpoint: Endpoint, now: datetime) -> str:
    form = ReplayForm(request.POST)
    if not form.is_valid():
        raise EndpointRefused("since", "Say since when: a day and a time.")
    count = replay(endpoint, as_of=now, **form.cleaned_data)
    return ngettext("%(n)s event is on the way.", "%(n)s events are on the way.", count) % {
        "n": count
    }


def _remove(_request: PlatformRequest, endpoint: Endpoint, now: datetime) -> str:
    endpoints.remove_endpoint(endpoint, as_of=now)
    return _("The endpoint is removed.")


ACTIONS: Mapping[str, Act] = {
    "on": _switch_on,
    "off": _switch_off,
    "rotate": _rotate,
    "test": _test,
    "replay": _replay,
    "remove": _remove,
}
