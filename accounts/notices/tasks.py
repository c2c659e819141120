"""What workers do for notices: send e-mails."""

from typing import Any

from django.utils import timezone

from accounts.notices.models import Notice
from accounts.notices.services import SEND_MAIL, send
from common.jobs.registry import Progress, handler


@handler(SEND_MAIL)
def send_mail(payload: dict[str, Any], _progress: Progress) -> dict[str, Any]:
    notice = Notice.objects.select_related("user", "organisation").get(pk=payload["notice"])
    return {"mail": send(notice, as_of=timezone.now()).mail}
