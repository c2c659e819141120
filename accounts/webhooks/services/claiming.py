"""Who sends what: claims on deliveries, and what is written when a request has ended.

A claim is one statement that skips what others are claiming, so that of two workers one gets a
delivery; it runs out after `LEASE`, so that a worker that dies leaves nothing behind but an
attempt without an end. An endpoint has few requests under way at once: a slow one is waited for
by few threads, while others' events go on.
"""

import json
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet

from accounts.webhooks import secrets
from accounts.webhooks.models import Attempt, Delivery, Endpoint
from accounts.webhooks.sending import GONE, Answer, Shipment
from accounts.webhooks.services.endpoints import disable
from common.jobs.dispatch import enqueue

LEASE = timedelta(seconds=60)  # longer than any request lasts
AT_ONCE = 4  # requests to one endpoint
# Ten more attempts over three days.
DELAYS = [timedelta(seconds=s) for s in (5, 60, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000)]
DELAYS.append(timedelta(days=1))
FAILING_FOR = timedelta(days=5)
TELL_DISABLED = "webhooks.tell_disabled"
State = Delivery.State

_CLAIM = """
WITH due AS MATERIALIZED (
    SELECT delivery.id
      FROM webhooks_endpoint endpoint
     CROSS JOIN LATERAL (
            SELECT id FROM webhooks_delivery
             WHERE endpoint_id = endpoint.id AND state = 'waiting' AND next_attempt_at <= %(now)s
               AND (claimed_until IS NULL OR claimed_until <= %(now)s)
             ORDER BY next_attempt_at
             LIMIT greatest(0, %(at_once)s - (
                   SELECT count(*) FROM webhooks_delivery busy
                    WHERE busy.endpoint_id = endpoint.id AND busy.claimed_until > %(now)s))
               FOR UPDATE SKIP LOCKED) delivery
     WHERE endpoint.disabled_at IS NULL AND endpoint.removed_at IS NULL
     ORDER BY random()
     LIMIT %(most)s)
UPDATE webhooks_delivery
   SET claimed_until = %(until)s, attempt_count = attempt_count + 1, tries = tries + 1
  FROM due WHERE webhooks_delivery.id = due.id
RETURNING webhooks_delivery.id
"""


@dataclass(frozen=True)
class Claim:
    """A delivery that is this worker's until the lease runs out, and its attempt."""

    delivery: Delivery
    attempt: Attempt
    shipment: Shipment


@transaction.atomic
def claim(*, most: int, as_of: datetime) -> list[Claim]:
    """Take what is due, of each endpoint a little; nobody else gets these for now."""
    values: dict[str, datetime | int] = {
        "now": as_of,
        "until": as_of + LEASE,
        "most": most,
        "at_once": AT_ONCE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        claimed = [row[0] for row in cursor.fetchall()]
    deliveries = Delivery.objects.select_related("endpoint", "event").filter(pk__in=claimed)
    claims = [_claim(each, as_of) for each in deliveries]
    Attempt.objects.bulk_create(each.attempt for each in claims)
    return claims


def _claim(delivery: Delivery, as_of: datetime) -> Claim:
    attempt = Attempt(
        organisation_id=delivery.organisation_id,
        delivery=delivery,
        number=delivery.attempt_count,
        started_at=as_of,
    )
    return Claim(delivery, attempt, shipment(delivery, as_of))


def shipment(delivery: Delivery, sent_at: datetime) -> Shipment:
    """What is sent: body and headers by Standard Webhooks."""
    event, endpoint = delivery.event, delivery.endpoint
    happened_at = event.created_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    document = {"type": event.type, "timestamp": happened_at, "data": event.data}
    body = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Tantieme-Webhooks/1",
        "webhook-id": event.public_id,
        "webhook-timestamp": str(int(sent_at.timestamp())),
        "webhook-signature": secrets.signatures(
            _salts(endpoint, sent_at), event_id=event.public_id, sent_at=sent_at, body=body
        ),
    }
    return Shipment(endpoint.url, headers, body)


def _salts(endpoint: Endpoint, now: datetime) -> list[bytes]:
    """The salts of the secrets that sign now, the new one first."""
    salts = [bytes(endpoint.salt)]
    if endpoint.previous_salt is not None and (endpoint.previous_until or now) > now:
        salts.append(bytes(endpoint.previous_salt))
    return salts


@transaction.atomic
def note(claimed: Claim, answer: Answer, *, as_of: datetime) -> None:
    """Write how a request ended, and what follows for the delivery and its endpoint.

    Where the lease ran out and another worker took over, only the attempt is noted.
    """
    endpoint = Endpoint.objects.select_for_update(no_key=True).get(pk=claimed.delivery.endpoint_id)
    Attempt.objects.filter(pk=claimed.attempt.pk).update(
        duration_ms=answer.duration_ms,
        status=answer.status,
        error=answer.error[:300],
        response_excerpt=answer.excerpt,
    )
    mine = Delivery.objects.filter(
        pk=claimed.delivery.pk, attempt_count=claimed.attempt.number, state=State.WAITING
    )
    if answer.is_taken:
        _end(mine, State.DELIVERED, as_of)
        _mark_failing(endpoint, None)
        return
    if claimed.delivery.tries > len(DELAYS) or answer.status == GONE:
        _end(mine, State.FAILED, as_of)
    else:
        delay = _delay(claimed.delivery.tries, answer.retry_after_seconds)
        mine.update(next_attempt_at=as_of + delay, claimed_until=None)
    _mark_failing(endpoint, endpoint.failing_since or as_of)
    _disable_if_hopeless(endpoint, answer, as_of)


def _end(rows: QuerySet[Delivery], state: Delivery.State, as_of: datetime) -> None:
    rows.update(state=state, next_attempt_at=None, claimed_until=None, finished_at=as_of)


def _delay(tries: int, retry_after_seconds: int) -> timedelta:
    """The time until the next attempt: half to one and a half times the delay of the list, drawn
    evenly, so that what failed together does not come back together; at least what was asked for.
    """
    drawn = DELAYS[tries - 1] * random.uniform(0.5, 1.5)  # noqa: S311 no secret
    return max(drawn, min(timedelta(seconds=retry_after_seconds), DELAYS[-1]))


def _mark_failing(endpoint: Endpoint, since: datetime | None) -> None:
    if endpoint.failing_since != since:
        endpoint.failing_since = since
        endpoint.save(update_fields=["failing_since"])


def _disable_if_hopeless(endpoint: Endpoint, answer: Answer, as_of: datetime) -> None:
    reason = None
    if answer.status == GONE:
        reason = Endpoint.Disabled.GONE
    elif endpoint.failing_since and as_of - endpoint.failing_since >= FAILING_FOR:
        reason = Endpoint.Disabled.FAILING
    if reason is not None and endpoint.removed_at is None and disable(endpoint, reason, as_of):
        enqueue(TELL_DISABLED, {"endpoint": str(endpoint.pk), "reason": reason.label})
