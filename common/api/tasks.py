"""What workers do for the API by themselves."""

from celery import shared_task
from django.utils import timezone

from common.api.retention import forget_old_answers


@shared_task(name="api.forget")
def forget() -> None:
    forget_old_answers(as_of=timezone.now())
