"""What workers do for data quality: look at a delivery once it is written, and at all every night.

Both are idempotent: what is found again changes nothing, and a day's score is the day's.
"""

from datetime import date
from typing import Any

from celery import shared_task
from django.utils import timezone

from catalog.deliveries.models import Delivery
from catalog.quality.services import checking, monitoring, outliers, scoring
from common.jobs.dispatch import enqueue
from common.jobs.registry import JobError, Progress, handler

QUALITY_JOB = "catalog.quality"


@handler(QUALITY_JOB)
def look(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Of a delivery, what it wrote and how it compares; of a day, everything."""
    if "delivery" in payload:
        return _look_at_delivery(payload["delivery"])
    return _look_at_all(date.fromisoformat(payload["day"]), progress)


def _look_at_delivery(delivery_id: str) -> dict[str, Any]:
    delivery = Delivery.objects.filter(pk=delivery_id, status=Delivery.Status.DONE).first()
    if delivery is None:
        raise JobError(f"There is no delivery {delivery_id} that was written.")
    results = checking.check(as_of=timezone.localdate(), delivery=delivery)
    alerts = monitoring.compare(delivery)
    scoring.keep_scores(day=timezone.localdate())
    return {"opened": sum(each.opened_count for each in results), "alerts": len(alerts)}


def _look_at_all(day: date, progress: Progress) -> dict[str, Any]:
    results = checking.check(as_of=day)
    progress(1, 3, "rules")
    alerts = monitoring.look_for_silence(now=timezone.now())
    progress(2, 3, "monitors")
    found = outliers.find_outliers(now=timezone.now())
    score = scoring.keep_scores(day=day)
    return {
        "opened": sum(each.opened_count for each in results),
        "alerts": len(alerts),
        "outliers": found,
        "score": score.value if score else None,
    }


@shared_task(name="quality.nightly")
def ask_for_the_night() -> None:
    """Ask for the day's look at everything, which happens once a day however often it is asked."""
    day = timezone.localdate()
    enqueue(QUALITY_JOB, {"day": day.isoformat()}, key=f"day:{day}")
