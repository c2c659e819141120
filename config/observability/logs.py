"""Log lines: JSON for machines, one line each; readable colours on a terminal.

Owns how a line looks and what every line carries. Requests and jobs say who they are through
structlog's context variables (see `requests.py` and `common.jobs`). Lines name people and
organisations by id, never by name or address, and no query string: it may hold a token.
"""

import logging.config
import sys
from typing import Any

import structlog
from structlog.typing import Processor

from config.environment import Environment

# What these say is said again by our own lines of requests and jobs, or names people.
QUIET = {
    "axes": "ERROR",
    "celery.app.trace": "WARNING",
    "celery.beat": "WARNING",
    "celery.worker.strategy": "WARNING",
    "django.request": "ERROR",
    "gunicorn.access": "CRITICAL",
}

_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def logging_of(environment: Environment) -> dict[str, Any]:
    """The description that `logging.config.dictConfig` understands."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *_renderers(environment.log_format),
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": environment.log_level},
        "loggers": {
            "gunicorn.error": {"level": environment.log_level, "handlers": [], "propagate": True},
            **{name: {"level": level} for name, level in QUIET.items()},
        },
    }


def configure(description: dict[str, Any]) -> None:
    """Set up the standard library's logging, and let structlog's own loggers speak through it."""
    logging.config.dictConfig(description)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _renderers(log_format: str) -> list[Processor]:
    if log_format == "console" or (not log_format and sys.stderr.isatty()):
        return [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    # The plain traceback: one with local variables would print passwords and keys.
    return [
        structlog.processors.format_exc_info,
        structlog.processors.StackInfoRenderer(),
        structlog.processors.EventRenamer("message"),
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
