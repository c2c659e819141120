"""What workers do for claims: send e-mails."""

from typing import Any

from django.utils import timezone

from catalog.claims.models import Notice
from catalog.claims.services.notices import SEND_NOTICE, send
from common.jobs.registry import Progress, handler


@handler(SEND_NOTICE)
def send_notice(payload: dict[str, Any], _progress: Progress) -> dict[str, Any]:
    notice = Notice.objects.select_related("user", "event").get(pk=payload["notice"])
    return {"status": send(notice, as_of=timezone.now()).status}
