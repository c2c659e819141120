"""How gunicorn serves: `gunicorn --config python:config.gunicorn config.wsgi`.

Threads, because a request mostly waits for PostgreSQL. WEB_CONCURRENCY and WEB_THREADS size it.
"""

import os

wsgi_app = "config.wsgi"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 60
graceful_timeout = 20
keepalive = 5
max_requests = 10_000  # a slow leak of memory ends with its process
max_requests_jitter = 1_000
control_socket_disable = True  # it would lie in the user's home
