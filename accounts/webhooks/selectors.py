"""What an organisation reads of its webhooks. Filtered by it, although the database would show no
others."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Organisation
from accounts.webhooks.models import Delivery, Endpoint, Event


def endpoints_of(organisation: Organisation) -> QuerySet[Endpoint]:
    """Those in use or switched off; not those that were removed."""
    return Endpoint.objects.filter(organisation=organisation, removed_at=None)


def deliveries_of(organisation: Organisation) -> QuerySet[Delivery]:
    """All deliveries to endpoints that are not removed, with event and attempts."""
    found = Delivery.objects.filter(organisation=organisation, endpoint__removed_at=None)
    return found.select_related("event", "endpoint").prefetch_related("attempts")


def deliveries_to(endpoint: Endpoint, *, state: str | None = None) -> QuerySet[Delivery]:
    """An endpoint's deliveries, with event and attempts."""
    found = endpoint.deliveries.select_related("event").prefetch_related("attempts")
    return found if state is None else found.filter(state=state)


def events_of(
    organisation: Organisation, *, event_type: str | None = None, since: datetime | None = None
) -> QuerySet[Event]:
    """What happened to an organisation, as far as it is kept."""
    found = Event.objects.filter(organisation=organisation)
    if event_type is not None:
        found = found.filter(type=event_type)
    return found if since is None else found.filter(created_at__gte=since)


def event_by(public_id: str, organisation: Organisation) -> Event | None:
    """The event that receivers know by this id."""
    prefix, _, digits = public_id.partition("_")
    if prefix != "evt" or len(digits) != 32 or set(digits) - set("0123456789abcdef"):
        return None
    return Event.objects.filter(organisation=organisation, pk=UUID(hex=digits)).first()
