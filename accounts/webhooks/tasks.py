"""What workers do for webhooks: send what is due, forget what is old, warn of what expires."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from accounts.webhooks.models import Endpoint
from accounts.webhooks.services.claiming import TELL_DISABLED
from accounts.webhooks.services.delivering import deliver_due
from accounts.webhooks.services.telling import mail_disabled, tell_of_expiring_keys
from accounts.webhooks.services.upkeep import forget_old_events
from accounts.webhooks.services.waking import TASK
from common.jobs.registry import Progress, handler


@shared_task(name=TASK)
def deliver(_what: str) -> None:
    deliver_due()


@shared_task(name="webhooks.upkeep")
def upkeep() -> None:
    now = timezone.now()
    forget_old_events(as_of=now)
    tell_of_expiring_keys(as_of=now)


@handler(TELL_DISABLED)
def tell_disabled(payload: dict[str, Any], _progress: Progress) -> dict[str, Any]:
    """E-mail the organisation's people; done again after a failure, some may get it twice."""
    endpoint = Endpoint.objects.get(pk=payload["endpoint"])
    return {"told": mail_disabled(endpoint, payload["reason"])}
