"""A worker's entry point: `celery -A config.worker worker --queues gpu,default,documents`."""

from common.database import tenancy
from config.celery import app
from config.embedded import ensure_servers

__all__ = ["app"]

ensure_servers()
tenancy.serve_as_system()
