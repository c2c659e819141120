"""Sending again: one delivery, or all that an endpoint missed since a moment."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.webhooks.models import Delivery, Endpoint, Event
from accounts.webhooks.services.emitting import BATCH, due
from accounts.webhooks.services.refusals import EndpointOff, EndpointRefused
from accounts.webhooks.services.waking import wake

MOST_REPLAYED = 50_000
State = Delivery.State


@transaction.atomic
def redeliver(delivery: Delivery, *, as_of: datetime) -> Delivery:
    """Send one event to its endpoint once more, however it ended; one on its way stays so.

    Raises:
        EndpointOff: it is switched off.
    """
    _refuse_disabled(delivery.endpoint)
    _send_anew(Delivery.objects.filter(pk=delivery.pk), as_of)
    transaction.on_commit(wake)
    delivery.refresh_from_db()
    return delivery


@transaction.atomic
def replay(
    endpoint: Endpoint, *, since: datetime, as_of: datetime, also_delivered: bool = False
) -> int:
    """Send what happened since a moment and what the endpoint listens to, once more.

    That is what it did not take: deliveries that were given up or wait for another attempt, and
    events from when it was not there or was switched off; with `also_delivered`, really all.

    Returns:
        the number of events that will be sent.

    Raises:
        EndpointOff: it is switched off.
        EndpointRefused: these are too many events at once.
    """
    locked = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)
    _refuse_disabled(locked)
    events = Event.objects.filter(
        organisation_id=locked.organisation_id, created_at__gte=since
    ).exclude(type="ping")
    if locked.event_types:
        events = events.filter(type__in=locked.event_types)
    _refuse_too_many(events)
    again = locked.deliveries.filter(event__in=events)
    if not also_delivered:
        again = again.exclude(state=State.DELIVERED)
    missed = events.exclude(pk__in=locked.deliveries.values("event"))
    new = [due(event, locked, as_of) for event in missed]
    count = _send_anew(Delivery.objects.filter(pk__in=again.values("pk")), as_of) + len(new)
    Delivery.objects.bulk_create(new, batch_size=BATCH)
    transaction.on_commit(wake)
    return count


def _send_anew(deliveries: QuerySet[Delivery], as_of: datetime) -> int:
    """Let them wait for their first try; not those that a worker has in its hands."""
    free = deliveries.filter(Q(claimed_until=None) | Q(claimed_until__lte=as_of))
    return free.update(
        state=State.WAITING, tries=0, next_attempt_at=as_of, claimed_until=None, finished_at=None
    )


def _refuse_disabled(endpoint: Endpoint) -> None:
    if not endpoint.is_enabled:
        raise EndpointOff


def _refuse_too_many(events: QuerySet[Event]) -> None:
    if events[MOST_REPLAYED : MOST_REPLAYED + 1].exists():
        raise EndpointRefused(
            "since", f"These are more than {MOST_REPLAYED:,} events; begin at a later moment."
        )
