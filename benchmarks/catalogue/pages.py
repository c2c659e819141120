"""Pages of the catalogue over very many tracks: queries and milliseconds of each.

Asked as the operator's people ask, through Django and its middleware but without a network, in a
database of its own that is dropped afterwards.
"""

import argparse
import os
import time
from collections.abc import Callable
from statistics import median
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from accounts.models import User

HOST = "localhost"
BACKEND = "django.contrib.auth.backends.ModelBackend"
UNHASHED = "django.contrib.staticfiles.storage.StaticFilesStorage"
PAGES = (
    ("first page", "/catalogue/"),
    ("a word in titles", "/catalogue/?q=abend"),
    ("two words", "/catalogue/?q=abend+singer"),
    ("a word that is nowhere", "/catalogue/?q=xylophone"),
    ("an ISRC", "/catalogue/?q=DE-A12-20-00077"),
    ("works, partly unclaimed", "/catalogue/?kind=works&ownership=unclaimed"),
    ("tracks without consent", "/catalogue/?consent=no"),
    ("parties", "/catalogue/?kind=parties"),
    ("the hundredth page", "/catalogue/?page=100"),
    ("a track", "/catalogue/tracks/{track}/"),
    ("what nobody claims", "/unclaimed/"),
    ("of that, a word", "/unclaimed/?q=abend"),
    ("of that, a writer", "/unclaimed/?q=writer+1999"),
    ("of that, a word nowhere", "/unclaimed/?q=xylophone"),
)
WORLD = """
INSERT INTO catalog_party (ref, name, kind, ipi_name, ipi_base, isni, ddex_party_id, created_at)
SELECT 'p' || n, 'Writer ' || n, 'person', '', '', '', '', now() FROM generate_series(1, 2000) n;
INSERT INTO catalog_work (ref, title, version, collection, iswc, language, created_at)
SELECT 'w' || n, (ARRAY['Morning song', 'Abendlied', 'Lullaby'])[1 + n %% 3] || ' ' || n, '',
       'Collection ' || n %% 500, '', '', now() FROM generate_series(1, %(tracks)s) n;
INSERT INTO catalog_track (ref, work_id, title, version, artist, isrc, release_title, release_ean,
                           genre, licence, source_url, created_at)
SELECT 't' || substr(ref, 2), id, title, '', 'Singer ' || id %% 3000,
       'DEA1220' || lpad((id %% 100000)::text, 5, '0'), '', '', 'genre ' || id %% 12, 'CC0-1.0', '',
       now() FROM catalog_work ON CONFLICT DO NOTHING;
INSERT INTO catalog_share (work_id, party_id, "right", role, territory, share_ppm, valid_from,
                           created_at)
SELECT w.id, p.id, 'composition', 'composer', '{[0,676)}', CASE WHEN w.id %% 10 = 0 THEN 400000
       ELSE 500000 END, '2020-01-01', now()
  FROM catalog_work w CROSS JOIN generate_series(0, 1) k
  JOIN catalog_party p ON p.ref = 'p' || 1 + (w.id * 7 + k * 13) %% 2000;
INSERT INTO catalog_consent (track_id, "right", use, is_opt_out, basis, valid_from, created_at)
SELECT id, 'composition', 'training', false, 'licence', '2020-01-01', now()
  FROM catalog_track WHERE id %% 4 <> 0
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--tracks", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=7)


def show(console: Console, options: argparse.Namespace) -> None:
    """Fill a database, ask each page some times, print the medians."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()

    from django.conf import settings
    from django.test import override_settings

    from benchmarks.tenancy import own_database
    from common.database import tenancy
    from config.embedded import ensure_servers

    ensure_servers()
    tenancy.serve_as_system()
    table = Table("page", "queries", "ms, median", "ms, slowest", "kB")
    plain = {"staticfiles": {"BACKEND": UNHASHED}}  # nothing need be collected first
    with override_settings(STORAGES=settings.STORAGES | plain), own_database():
        _fill(options.tracks)
        for name, path in PAGES:
            table.add_row(name, *_asked(path, options.repeats))
    console.print(f"{options.tracks:,} tracks of as many works, two shares each, 2,000 parties")
    console.print(table)


def _fill(tracks: int) -> None:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(WORLD, {"tracks": tracks})
        cursor.execute("ANALYZE")  # as autovacuum does where rows have been for a minute


def _asked(path: str, repeats: int) -> tuple[str, str, str, str]:
    from django.test import Client

    from catalog.models import Track

    client = Client(headers={"host": HOST})
    client.force_login(_person(), BACKEND)
    address = path.format(track=Track.objects.order_by("pk")[0].pk)
    n_queries, answer = _counted(lambda: client.get(address))
    assert answer.status_code == 200, f"{address} answered {answer.status_code}"
    taken = []
    for _ in range(repeats):
        started = time.perf_counter()
        client.get(address)
        taken.append(1000 * (time.perf_counter() - started))
    size = f"{len(answer.content) / 1000:,.0f}"
    return str(n_queries), f"{median(taken):,.0f}", f"{max(taken):,.0f}", size


def _counted(ask: Callable[[], Any]) -> tuple[int, Any]:
    """How many queries an answer needs, and the answer; a request may open a connection anew."""
    from django.db import connection

    asked = []

    def count(execute: Any, *query: Any) -> Any:
        asked.append(query)
        return execute(*query)

    with connection.execute_wrapper(count):
        answer = ask()
    return len(asked), answer


def _person() -> "User":
    from accounts.models import Membership, Organisation, User

    person, is_new = User.objects.get_or_create(email="bench@example.org")
    if is_new:
        operator = Organisation.objects.create(name="Bench", kind=Organisation.Kind.OPERATOR)
        Membership.objects.create(user=person, organisation=operator)
    return person
