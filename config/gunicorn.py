"""How gunicorn serves: `gunicorn --config python:config.gunicorn`.

Threads, because a request mostly waits for PostgreSQL. Its processes leave their counts in one
folder, which the master makes and removes (see `config.observability.metrics`).
"""

import os
import shutil
import sys
import tempfile
from typing import Any

from config.environment import ConfigurationError, environment
from config.observability.logs import logging_of

try:
    _environment = environment()
except ConfigurationError as error:
    sys.exit(str(error))

wsgi_app = "config.wsgi"
bind = f"0.0.0.0:{_environment.port}"
worker_class = "gthread"
workers = _environment.web_processes
threads = _environment.web_threads
timeout = 60
graceful_timeout = 20
keepalive = 5
limit_request_line = 8190  # bytes, the most there can be; the API answers for shorter ones itself
max_requests = 10_000  # a slow leak of memory ends with its process
max_requests_jitter = 1_000
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 heartbeats only
control_socket_disable = True  # it would lie in the user's home
logconfig_dict = logging_of(_environment)

_COUNTS = "PROMETHEUS_MULTIPROC_DIR"


def on_starting(_server: Any) -> None:
    os.environ[_COUNTS] = tempfile.mkdtemp(prefix="tantieme-metrics-")


def child_exit(_server: Any, worker: Any) -> None:
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_server: Any) -> None:
    shutil.rmtree(os.environ[_COUNTS], ignore_errors=True)
