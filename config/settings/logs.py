"""What is logged, and how: one pipeline for ours, Django's, Celery's and gunicorn's lines."""

from config.environment import environment
from config.observability.logs import logging_of

LOGGING = logging_of(environment())
LOGGING_CONFIG = "config.observability.logs.configure"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
