"""What workers do for claims: see what changes of shares did to conflicts."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from catalog.claims.services.seeing import see
from catalog.services.history import SHARES_CHANGED
from common.jobs.dispatch import enqueue
from common.jobs.registry import Progress, handler


@handler(SHARES_CHANGED)
def see_changes(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Of one set of changes what it touched; of a day everything, raw SQL's changes too."""
    seen = see(payload.get("change_set"), progress)
    return {"opened": seen.opened, "widened": seen.widened, "mended": seen.mended}


@shared_task(name="claims.nightly")
def ask_for_the_night() -> None:
    """Ask for the day's look at everything, which happens once a day however often it is asked."""
    day = timezone.localdate()
    enqueue(SHARES_CHANGED, {"day": day.isoformat()}, key=f"day:{day}")
