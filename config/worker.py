"""A worker's entry point: `celery -A config.worker worker --queues gpu,default,documents`."""

from config.celery import app
from config.embedded import ensure_servers

__all__ = ["app"]

ensure_servers()
