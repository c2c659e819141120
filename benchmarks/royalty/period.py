"""A whole period through the database: from its events to a run, against apportioning alone.

The same drawn plays as for `apportionment` lie in the table of events, one row a play, written
straight into it. The peak is that of the process which computes; PostgreSQL has its own.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from django.db import connections, transaction

from benchmarks.royalty import cast, world
from benchmarks.royalty.memory import forget_peak, peak_bytes
from benchmarks.royalty.meter import Cost, once
from benchmarks.royalty.race import in_own_process
from royalty.apportionment import allocate
from royalty.models import IntakeFile
from royalty.selectors.runs import Books, books_of, current_run
from royalty.selectors.snapshots import build_snapshot
from royalty.services import intake, periods

TRACKS = 5_000
BLOCK_PAIRS = 500_000
PLAYS = """
INSERT INTO royalty_usageevent ({columns})
SELECT {platform}, {file}, generation.id, 'play-' || pair.at || '-' || number, 'studio',
       'U' || lpad(pair.subscriber::text, 8, '0'),
       timestamptz '2026-10-01 12:00Z' + make_interval(days => (pair.at % 28)::int), 1
  FROM pair CROSS JOIN generate_series(1, pair.count) AS number
  JOIN attribution_generation generation
    ON generation.platform_id = {platform}
   AND generation.external_id = 'G' || lpad(pair.generation::text, 7, '0')
"""
COLUMNS = (
    "platform_id, intake_file_id, generation_id, event_id, service, subscriber, used_at, count"
)


ALONE = "apportioning the snapshot in memory"
READING, COMPUTING = "reading events, making the snapshot", "computing the period, all of it"
CLOSING = "closing: computed again, posted, stated, rooted"
BASES = {READING: ALONE, COMPUTING: ALONE, CLOSING: ALONE}


def steps(size: world.Size) -> tuple[dict[str, Cost], dict[str, str], dict[str, int]]:
    """What a period's steps cost, what they are compared with, and the peak memory of each."""
    of = _month(size)
    costs: dict[str, Cost] = {}
    peaks_bytes: dict[str, int] = {}

    def timed(name: str, work: Callable[[], object]) -> None:
        forget_peak()
        costs[name] = once(work)
        peaks_bytes[name] = peak_bytes()

    with transaction.atomic():
        timed(READING, lambda: build_snapshot(of.period))
    timed(
        COMPUTING,
        lambda: periods.compute_period(period=of.period, user=of.ann, as_of=cast.AFTER),
    )
    of.period.refresh_from_db()
    run = current_run(of.period)
    timed(ALONE, partial(_apportion, books_of(run)))
    periods.review_period(period=of.period, user=of.ben, as_of=cast.AFTER)
    timed(
        CLOSING,
        lambda: periods.close_period(period=of.period, user=of.ann, as_of=cast.AFTER),
    )
    assert run.use_count == size.plays
    return costs, BASES, peaks_bytes


def _apportion(books: Books) -> None:
    contract = books.run.period.contract
    allocate(books.snapshot, contract.allocation_model, books.run.pool_atoms, contract.rules)


def _month(size: world.Size) -> cast.Cast:
    """Music, plays and fees of a month."""
    with transaction.atomic():
        of = cast.cast("period")
        pieces = cast.generations(of, size.generations)
        (party,) = cast.parties("period-owner", 1)
        tracks = cast.tracks_of(party, TRACKS, "period-")
        cast.attribute(of, pieces, tracks, world.TRACKS_PER_PIECE)
    with TemporaryDirectory() as name:
        folder = Path(name)
        in_own_process(size, folder)
        _write_plays(of, folder)
        lines = (
            fee | {"subscriber": f"U{at:08}", "event_id": f"fee-{at:08}"}
            for fee in list(cast.fees())[:1]
            for at in range(size.subscribers)
        )
        fees = cast.ndjson(folder / "fees.ndjson", lines)
        intake.take_revenue(platform=of.platform, source=fees, name=fees.name)
    return of


def _write_plays(of: cast.Cast, folder: Path) -> None:
    """One row a play, as the owner, whom no policy binds here; the guards of the table stand."""
    usage = [world.load(folder, f"usage_{name}") for name in ("subscriber", "generation", "count")]
    pairs = np.stack([np.arange(len(usage[0])), *usage], axis=1)
    file = IntakeFile.objects.create(
        platform=of.platform, kind="usage", sha256="0" * 64, name="copied",
        line_count=0, new_count=0, known_count=0,
    )  # fmt: skip
    insert = PLAYS.format(columns=COLUMNS, platform=of.platform.pk, file=file.pk)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE royalty_usageevent NO FORCE ROW LEVEL SECURITY")
        cursor.execute("ALTER TABLE attribution_generation NO FORCE ROW LEVEL SECURITY")
        for start in range(0, len(pairs), BLOCK_PAIRS):
            with transaction.atomic(using="owner"):
                cursor.execute(
                    "CREATE TEMPORARY TABLE pair (at bigint, subscriber bigint, generation bigint,"
                    " count bigint) ON COMMIT DROP"
                )
                with cursor.copy("COPY pair FROM STDIN (DELIMITER ' ')") as copy:
                    for row in pairs[start : start + BLOCK_PAIRS].tolist():
                        copy.write(" ".join(map(str, row)) + "\n")
                cursor.execute(insert)
        cursor.execute("ANALYZE royalty_usageevent")
        cursor.execute("ALTER TABLE royalty_usageevent FORCE ROW LEVEL SECURITY")
        cursor.execute("ALTER TABLE attribution_generation FORCE ROW LEVEL SECURITY")
