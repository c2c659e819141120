"""What is done from time to time: old events go."""

from datetime import datetime

from django.db import transaction

from accounts.models import Organisation
from accounts.webhooks.models import KEPT, Attempt, Delivery, Event

BATCH = 5000


def forget_old_events(*, as_of: datetime) -> int:
    """Delete events older than `KEPT` with all that was sent of them; returns how many."""
    return sum(_forget(each, as_of - KEPT) for each in Organisation.objects.order_by("pk"))


def _forget(organisation: Organisation, before: datetime) -> int:
    count = 0
    while True:
        with transaction.atomic():
            old = Event.objects.filter(organisation=organisation, created_at__lt=before)
            batch = list(old.values_list("pk", flat=True)[:BATCH])
            Attempt.objects.filter(delivery__event__in=batch).delete()
            Delivery.objects.filter(event__in=batch).delete()
            Event.objects.filter(pk__in=batch).delete()
        count += len(batch)
        if len(batch) < BATCH:
            return count
