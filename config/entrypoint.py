"""`python -m config.entrypoint web|worker|migrate|probe|...`: what a container does.

Any other word is a command of `manage.py`. What follows goes to the program that is started.
"""

import os
import sys
import urllib.request
from collections.abc import Sequence

from config.environment import ConfigurationError, environment

PROGRAMS: dict[str, Sequence[str]] = {
    "web": (sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn"),
    "worker": (
        *(sys.executable, "-m", "celery", "--app", "config.worker", "--quiet", "worker"),
        *("--schedule", "/tmp/tantieme-beat", "--pidfile", ""),  # noqa: S108 of this container
    ),
}
PROBE_SECONDS = 4


def main(arguments: Sequence[str]) -> None:
    """Become the program that is asked for, so that it gets the container's signals.

    Raises:
        SystemExit: the configuration cannot be used, or a probe failed.
    """
    word, *rest = arguments or ["help"]
    try:
        environment()
    except ConfigurationError as error:
        sys.exit(str(error))
    if word == "probe":
        sys.exit(_probe())
    program = PROGRAMS.get(word, (sys.executable, "manage.py", word))
    os.execv(program[0], [*program, *rest])  # noqa: S606 no shell, words of ours


def _probe() -> int:
    """0 if the web process of this container lives."""
    url = f"http://127.0.0.1:{environment().port}/health/live"
    try:
        with urllib.request.urlopen(url, timeout=PROBE_SECONDS) as answer:
            return 0 if answer.status == 200 else 1
    except OSError as error:
        sys.stderr.write(f"{url} does not answer: {error}\n")
        return 1


if __name__ == "__main__":
    main(sys.argv[1:])
