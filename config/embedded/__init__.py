"""Private PostgreSQL and Valkey servers for whoever has none: started on demand, found again.

Owns their life: files under the home folder, sockets that only this user reaches, no network port.
A server outlives the process that started it and serves the next one; `make stop` ends it.
"""

from config.embedded import postgres, valkey
from config.embedded.places import places
from config.embedded.web import stop_web
from config.embedded.worker import stop_worker
from config.environment import environment

__all__ = ["ensure_servers", "stop_servers"]


def ensure_servers() -> None:
    """Start the private servers that this environment needs and that do not answer yet."""
    if environment().embedded_postgres:
        postgres.ensure(places())
    if environment().embedded_broker:
        valkey.ensure(places())


def stop_servers() -> list[str]:
    """Stop the private servers and what runs on them; returns the names of what was running."""
    stopped = [
        ("web server", stop_web(places().home)),
        ("worker", stop_worker(places().home)),
        ("Valkey", valkey.stop(places())),
        ("PostgreSQL", postgres.stop(places())),
    ]
    return [name for name, was_running in stopped if was_running]
