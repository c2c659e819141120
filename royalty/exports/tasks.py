"""What workers do for exports: write them, and remove those whose time is over."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from common.jobs.registry import Progress, handler
from royalty.exports.models import Export
from royalty.exports.services import MAKE, remove_expired, write


@handler(MAKE)
def make(payload: dict[str, Any], progress: Progress) -> dict[str, Any]:
    export = Export.objects.select_related("organisation", "asked_by").get(pk=payload["export"])
    written = write(export, as_of=timezone.now(), progress=progress)
    return {"size_bytes": written.size_bytes}


@shared_task(name="exports.expire")
def expire() -> None:
    remove_expired(timezone.now())
