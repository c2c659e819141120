"""What an organisation does with its endpoints: set up, change, switch off and on, remove, test."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import Organisation
from accounts.webhooks.addresses import AddressRefused, check_url
from accounts.webhooks.catalogue import CATALOGUE
from accounts.webhooks.models import Delivery, Endpoint, Event
from accounts.webhooks.secrets import new_salt
from accounts.webhooks.selectors import endpoints_of
from accounts.webhooks.services.emitting import due
from accounts.webhooks.services.refusals import EndpointOff, EndpointRefused, TooManyEndpoints
from accounts.webhooks.services.waking import wake

MOST_ENDPOINTS = 20
OVERLAP = timedelta(hours=24)
State = Delivery.State


@transaction.atomic
def create_endpoint(
    *,
    organisation: Organisation,
    url: str,
    description: str = "",
    event_types: Collection[str] = (),
) -> Endpoint:
    """Set up an endpoint; without types it is told everything.

    Raises:
        EndpointRefused: nothing may be sent there, or a type does not exist.
        TooManyEndpoints: there are as many as may be.
    """
    _check(url, event_types)
    # Two at once: the second waits here, and then counts the first one's.
    Organisation.objects.select_for_update(no_key=True).filter(pk=organisation.pk).first()
    if endpoints_of(organisation).count() >= MOST_ENDPOINTS:
        raise TooManyEndpoints(
            f"You have {MOST_ENDPOINTS} endpoints, which is the most; remove one first."
        )
    return Endpoint.objects.create(
        organisation=organisation,
        url=url,
        description=description,
        event_types=_ordered(event_types),
        salt=new_salt(),
    )


@transaction.atomic
def change_endpoint(
    endpoint: Endpoint,
    *,
    as_of: datetime,
    url: str | None = None,
    description: str | None = None,
    event_types: Collection[str] | None = None,
    enabled: bool | None = None,
) -> Endpoint:
    """Change what is given. Switched on again, it is told what happens from now on.

    Raises:
        EndpointRefused: nothing may be sent there, or a type does not exist.
    """
    _check(url, event_types or ())
    locked = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)
    if url is not None:
        locked.url = url
    if description is not None:
        locked.description = description
    if event_types is not None:
        locked.event_types = _ordered(event_types)
    if enabled:
        locked.disabled_at, locked.disabled_reason, locked.failing_since = None, "", None
    locked.save()
    if enabled is False:
        disable(locked, Endpoint.Disabled.BY_OWNER, as_of)
    return locked


def disable(endpoint: Endpoint, reason: Endpoint.Disabled, as_of: datetime) -> bool:
    """Send nothing more to a locked endpoint, and give up what waits; whether it was enabled."""
    if endpoint.disabled_at is not None:
        return False
    endpoint.disabled_at, endpoint.disabled_reason = as_of, reason
    endpoint.save(update_fields=["disabled_at", "disabled_reason"])
    _give_up_waiting(endpoint, as_of)
    return True


@transaction.atomic
def remove_endpoint(endpoint: Endpoint, *, as_of: datetime) -> None:
    """Take an endpoint out of use for ever; what was sent to it stays known for its time."""
    locked = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)
    if locked.removed_at is None:
        locked.removed_at = as_of
        locked.save(update_fields=["removed_at"])
        _give_up_waiting(locked, as_of)


@transaction.atomic
def rotate_secret(endpoint: Endpoint, *, as_of: datetime) -> Endpoint:
    """Give an endpoint a new secret; the one until now signs as well for a day."""
    locked = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)
    locked.previous_salt, locked.previous_until = bytes(locked.salt), as_of + OVERLAP
    locked.salt = new_salt()
    locked.save(update_fields=["salt", "previous_salt", "previous_until"])
    return locked


@transaction.atomic
def ping(endpoint: Endpoint, *, as_of: datetime) -> Delivery:
    """Send a test event to this endpoint and to no other, whatever types it listens to.

    Raises:
        EndpointOff: it is switched off.
    """
    locked = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)
    if not locked.is_enabled:
        raise EndpointOff
    event = Event.objects.create(
        organisation_id=locked.organisation_id,
        type="ping",
        data=CATALOGUE["ping"].example(),
        created_at=as_of,
    )
    delivery = due(event, locked, as_of)
    delivery.save()
    transaction.on_commit(wake)
    return delivery


def _check(url: str | None, event_types: Collection[str]) -> None:
    if url is not None:
        try:
            check_url(url)
        except AddressRefused as refusal:
            raise EndpointRefused("url", str(refusal)) from refusal
    unknown = sorted(set(event_types) - set(CATALOGUE))
    if unknown:
        raise EndpointRefused("event_types", f"There is no type {unknown[0][:64]!r}.")


def _ordered(event_types: Collection[str]) -> list[str]:
    return [name for name in CATALOGUE if name in set(event_types)]


def _give_up_waiting(endpoint: Endpoint, as_of: datetime) -> None:
    endpoint.deliveries.filter(state=State.WAITING).update(
        state=State.FAILED, next_attempt_at=None, claimed_until=None, finished_at=as_of
    )
