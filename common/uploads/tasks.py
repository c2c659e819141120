"""What workers do for uploads: seal the large ones, and clear away what nobody made anything of."""

from typing import Any
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from common.jobs.registry import JobError, Progress, handler
from common.uploads.services import expire, verify
from common.uploads.services.sealing import JOB


@handler(JOB)
def verify_upload(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    upload = verify(UUID(payload["upload"]), progress)
    if upload is None:
        raise JobError("The upload was abandoned.")
    return {"upload": str(upload.pk), "status": upload.status}


@shared_task(name="uploads.expire")
def expire_uploads() -> None:
    expire(timezone.now())
