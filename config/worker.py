"""A worker's entry point: `celery -A config.worker worker --queues gpu,default,documents`."""

from typing import Any

from celery.signals import setup_logging
from django.conf import settings

from common.database import tenancy
from config.celery import app
from config.embedded import ensure_servers
from config.observability.logs import configure

__all__ = ["app"]


@setup_logging.connect
def log_as_everything_else(**_: Any) -> None:
    """With this, Celery sets up no logging of its own."""
    configure(settings.LOGGING)


ensure_servers()
tenancy.serve_as_system()
