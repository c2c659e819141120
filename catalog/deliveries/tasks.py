"""What workers do for deliveries; each may run more than once for one job."""

from typing import Any
from uuid import UUID

from catalog.deliveries.models import Delivery
from catalog.deliveries.services.checking import check, refuse_whole
from catalog.deliveries.services.following import tell_others
from catalog.deliveries.services.receiving import CHECK_JOB, WRITE_JOB, opened
from catalog.deliveries.services.writing import DeliveryStale, fail, write
from catalog.formats.zipped import BadArchive
from catalog.media import UnreadableMedia
from common.database import tenancy
from common.jobs.aside import told_aside
from common.jobs.models import Job
from common.jobs.registry import JobError, Progress, handler, when_finished


@handler(CHECK_JOB)
def check_delivery(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    with tenancy.working_as(tenancy.SYSTEM), told_aside(progress) as tell:
        delivery = Delivery.objects.get(pk=UUID(payload["delivery"]))
        try:
            with opened(delivery) as (path, root):
                delivery = check(delivery, path, root, tell)
        except BadArchive as error:
            delivery = refuse_whole(delivery, str(error))
    return {"delivery": str(delivery.pk), "status": delivery.status}


@handler(WRITE_JOB)
def write_delivery(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    with tenancy.working_as(tenancy.SYSTEM), told_aside(progress) as tell:
        delivery = Delivery.objects.get(pk=UUID(payload["delivery"]))
        try:
            with opened(delivery) as (_, root):
                delivery = write(delivery, root, tell)
        except (DeliveryStale, UnreadableMedia, BadArchive) as error:
            fail(delivery, str(error))
            raise JobError(str(error)) from error
        tell_others(delivery)
    return {"delivery": str(delivery.pk), "status": delivery.status}


@when_finished
def note_failure(job: Job) -> None:
    """Say of a delivery whose job was given up that nothing more happens to it."""
    if job.kind in {CHECK_JOB, WRITE_JOB} and job.status == Job.Status.FAILED:
        going_on = (Delivery.Status.RECEIVED, Delivery.Status.APPROVED)
        for delivery in Delivery.objects.filter(job=job, status__in=going_on):
            fail(delivery, "Our side failed; we look into it, and the delivery can be sent again.")
