"""A platform behind a real gunicorn, in a database of its own, for the time of a block."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.royalty.cast import Cast

PIECES = 2_000
KEY_SPACE = 15


@dataclass(frozen=True)
class Served:
    """Where the platform's server is, its key, and what its processes are told."""

    url: str
    key: str
    of: "Cast"
    pieces: list[str]  # names of the platform's generated pieces
    home: Path
    environment: Mapping[str, str] = field(repr=False)


@contextmanager
def served(processes: int, threads: int) -> Iterator[Served]:
    """Serve a platform with an open month and some pieces; no worker runs."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()

    from benchmarks.tenancy import own_database
    from common.database import tenancy
    from config.embedded import ensure_servers
    from config.embedded.web import running_web

    ensure_servers()
    tenancy.serve_as_system()
    with own_database(), TemporaryDirectory() as folder:
        of, key, pieces = _platform()
        home = Path(folder)
        environment = _environment(home, processes, threads)
        with running_web(home, extra=environment) as url:
            yield Served(url, key, of, pieces, home, environment)


def _platform() -> tuple["Cast", str, list[str]]:
    from django.db import connections

    from accounts.models import Organisation, Scope
    from accounts.services.keys import create_key
    from benchmarks.royalty import cast

    of = cast.cast("bench")
    of.platform.organisation = Organisation.objects.create(
        name="Bench", kind=Organisation.Kind.PLATFORM
    )
    of.platform.save()
    pieces = [piece.external_id for piece in cast.generations(of, PIECES)]
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum does where rows have been for a minute
    issued = create_key(organisation=of.platform.organisation, name="bench", scopes=list(Scope))
    return of, issued.text, pieces


def _environment(home: Path, processes: int, threads: int) -> dict[str, str]:
    """What says which database and how many processes; the broker is that of this home."""
    from django.db import connections

    from config.embedded.places import places
    from config.environment import environment

    name = connections["default"].settings_dict["NAME"]
    return {
        "DATABASE_URL": places().url("tantieme_app", name),
        "DATABASE_OWNER_URL": places().url("tantieme_owner", name),
        # Wake-ups of others' jobs are none of this installation's: a key space of its own.
        "CELERY_BROKER_URL": environment().broker_url
        or f"{places().broker_url}?virtual_host={KEY_SPACE}",
        "SECRET_KEY": "of a benchmark, and long enough to pass for one of fifty characters",
        "TANTIEME_HOME": str(home),
        "WEB_CONCURRENCY": str(processes),
        "WEB_THREADS": str(threads),
    }
