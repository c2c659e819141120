"""Emitting events: rows that are there if and only if what they tell of is.

    emit(platform.organisation_id, "period.closed", {...})

One insert for the events, and one more where somebody listens, whatever their number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.webhooks.catalogue import checked
from accounts.webhooks.models import Delivery, Endpoint, Event
from accounts.webhooks.services.waking import wake

BATCH = 2000


@dataclass(frozen=True)
class News:
    """What happened to one thing."""

    type: str
    data: Mapping[str, Any]


def emit(
    organisation_id: int | None,
    event_type: str,
    data: Mapping[str, Any],
    *,
    as_of: datetime | None = None,
) -> None:
    """Tell an organisation what happened; as `emit_all`."""
    emit_all(organisation_id, [News(event_type, data)], as_of=as_of)


@transaction.atomic
def emit_all(
    organisation_id: int | None, news: Sequence[News], *, as_of: datetime | None = None
) -> None:
    """Keep events of one organisation, and queue them for those of its endpoints that listen.

    Without an organisation (a platform that nobody acts for yet) there is nobody to tell. What is
    emitted in a transaction that is rolled back never was.

    Args:
        as_of: when it happened, by the real clock and never a simulated one, since it is sent from
            then on and kept for a time; now, unless told.

    Raises:
        UnknownEvent: one of them is not as the catalogue says; nothing is kept.
    """
    for each in news:
        checked(each.type, each.data)
    if organisation_id is None or not news:
        return
    happened_at = as_of or timezone.now()
    events = Event.objects.bulk_create(
        (
            Event(
                organisation_id=organisation_id,
                type=each.type,
                data=dict(each.data),
                created_at=happened_at,
            )
            for each in news
        ),
        batch_size=BATCH,
    )
    endpoints = Endpoint.objects.filter(
        organisation_id=organisation_id, disabled_at=None, removed_at=None
    )
    deliveries = [
        due(event, endpoint, happened_at)
        for endpoint in endpoints
        for event in events
        if listens(endpoint, event.type)
    ]
    if deliveries:
        Delivery.objects.bulk_create(deliveries, batch_size=BATCH)
        transaction.on_commit(wake)


def listens(endpoint: Endpoint, event_type: str) -> bool:
    """Whether an endpoint wants events of a type."""
    return not endpoint.event_types or event_type in endpoint.event_types


def due(event: Event, endpoint: Endpoint, as_of: datetime) -> Delivery:
    """A delivery that waits to be sent at once, not saved."""
    return Delivery(
        organisation_id=event.organisation_id,
        endpoint=endpoint,
        event=event,
        next_attempt_at=as_of,
        created_at=as_of,
    )


def address_of(view: str, **named: object) -> str:
    """Where to read more about something: the absolute address of a resource of the API."""
    return f"{settings.PUBLIC_URL}{reverse(f'api:{view}', kwargs=named)}"
