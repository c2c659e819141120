"""`python -m demo.year`: a calendar year of books over the demo's music, and if they are right.

Run `make demo` first: the attributions are its own. The year has a home of its own, `year` in the
home folder; TANTIEME_HOME=that folder `make serve` shows its portal. Every run begins anew.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from rich.console import Console

PIECES = "pieces.json"
# Of the demo's own servers; the year has private ones.
NOT_FOR_THE_YEAR = ("DATABASE_URL", "DATABASE_OWNER_URL", "CELERY_BROKER_URL", "STATIC_ROOT")


def main() -> int:
    """Read the demo's pieces, then live through the year in another process; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m demo.year", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="draws another year (1)")
    options = parser.parse_args()

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config.embedded import ensure_servers
    from config.environment import ConfigurationError, environment

    try:
        home = Path(environment().home) / "year"
    except ConfigurationError as error:
        sys.exit(str(error))
    ensure_servers()
    _carry_over(home / PIECES)
    kept = {name: text for name, text in os.environ.items() if name not in NOT_FOR_THE_YEAR}
    command = [sys.executable, "-m", "demo.year.books", str(home / PIECES), str(options.seed)]
    return subprocess.run(command, env=kept | {"TANTIEME_HOME": str(home)}, check=False).returncode


def _carry_over(path: Path) -> None:
    """Write what the demo found out to the path, or end with a sentence."""
    import django

    django.setup()
    from django.db import ProgrammingError

    from common.database import tenancy
    from demo.show import DemoFailed
    from demo.year.pieces import NO_DEMO, write_pieces

    tenancy.serve_as_system()
    try:
        found = write_pieces(path)
    except DemoFailed as error:
        sys.exit(str(error))
    except ProgrammingError:  # there are no tables yet
        sys.exit(NO_DEMO)
    Console(highlight=False).print(
        f"[bold]A year of books[/] over the demo's {found.pieces} pieces, attributed by "
        f"{found.method}\n",
        soft_wrap=True,
    )


if __name__ == "__main__":
    sys.exit(main())
