"""Telling a worker that something is to be sent."""

import logging

from celery import current_app
from kombu.exceptions import OperationalError

TASK, QUEUE = "webhooks.deliver", "default"
log = logging.getLogger(__name__)


def wake() -> None:
    """Wake a worker. A broker that is away is no loss: the sweep comes every few seconds."""
    try:
        current_app.send_task(TASK, args=["due"], queue=QUEUE, retry=False)
    except OperationalError as error:
        log.warning("The broker is away (%s); webhooks wait for the sweep.", error)
