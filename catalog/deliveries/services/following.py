"""What others do once a delivery is written: each for which a job is known is asked for."""

from catalog.deliveries.models import Delivery
from common.jobs.dispatch import enqueue
from common.jobs.registry import JobError, handler_for

FOLLOWERS = ("catalog.fingerprints", "catalog.quality")


def tell_others(delivery: Delivery) -> None:
    """Ask those apps that are installed to look at what a delivery changed; again is fine."""
    if delivery.status != Delivery.Status.DONE:
        return
    for kind in FOLLOWERS:
        try:
            handler_for(kind)
        except JobError:
            continue
        enqueue(kind, {"delivery": str(delivery.pk)}, key=f"delivery:{delivery.pk}")
