"""One event alone, the quick way: put in by one statement where nothing can be said against it.

Most requests bring a single new event. Staging tables and a query for each check cost it ten times
what the event costs. So it is inserted at once under the database's own guards: names count once,
a period that is not open takes nothing, a piece is the platform's. Whatever is not new and plain is
left to `taking`, which finds what is to be said: faults, known events and files, corrections, late
ones, other currencies. Which of the two took an event makes no difference afterwards.
"""

from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from royalty.models import FaultyLines, FileFormat, IntakeFile
from royalty.services.intake.calendar import Calendar
from royalty.services.intake.faults import Faults
from royalty.services.intake.formats import records
from royalty.services.intake.shapes import CORRECTS
from royalty.services.intake.taking import Incoming, IntakeReport

MOST_BYTES = 4096  # of a file that may hold one event
INSERT = """
WITH file AS (
    INSERT INTO royalty_intakefile (platform_id, kind, sha256, name, message, received_at,
                                    line_count, new_count, known_count, refused_count)
    VALUES (%(platform)s, %(file_kind)s, %(sha256)s, %(name)s, '', %(received_at)s, 1, 1, 0, 0)
    RETURNING id
)
INSERT INTO {table} (platform_id, intake_file_id, generation_id, {columns}, is_late)
SELECT %(platform)s, file.id, {generation}, {values}, false
  FROM file {join}
    ON CONFLICT (platform_id, event_id) DO NOTHING
RETURNING intake_file_id
"""
JOIN = """
  JOIN attribution_generation generation
    ON generation.platform_id = %(platform)s AND generation.external_id = %(generation)s
"""


class _NotPlain(Exception):
    """There is something to be said of the event."""


def take_alone(incoming: Incoming) -> IntakeReport | None:
    """Take in a file that is one new event and nothing else; None, with nothing changed, else."""
    terms = incoming.terms
    if incoming.still.size_bytes > MOST_BYTES or terms.is_late:
        return None
    if terms.mode != FaultyLines.REFUSE_FILE or terms.form == FileFormat.DSR:
        return None
    row = _plain_row(incoming)
    incoming.still.stream.seek(0)
    if row is None:
        return None
    try:
        with transaction.atomic():
            file = _insert(incoming, row)
    except (_NotPlain, IntegrityError):
        return None
    return IntakeReport(file, 1, 1, 0, 0, False)


def _plain_row(incoming: Incoming) -> dict[str, Any] | None:
    """The event's columns and the name of its piece, if it is alone and right in itself."""
    shape, terms, faults = incoming.shape, incoming.terms, Faults()
    lines = records(terms.form, shape, incoming.still.stream, faults)
    _number, record = next(lines, (0, None))
    if record is None or next(lines, None) is not None or faults.total:
        return None
    values = shape.row(record, Calendar(incoming.platform, terms.now))
    row = dict(zip(("generation", *shape.columns), values, strict=True))
    is_converted = row.get("reported_currency") != row.get("currency")
    return None if record.faults or row[CORRECTS] or is_converted else row


def _insert(incoming: Incoming, row: dict[str, Any]) -> IntakeFile:
    columns = list(incoming.shape.columns)
    file = IntakeFile(
        platform=incoming.platform,
        kind=incoming.shape.kind,
        sha256=incoming.still.sha256,
        name=incoming.terms.name,
        received_at=timezone.now(),
        line_count=1,
        new_count=1,
        known_count=0,
    )
    statement = INSERT.format(
        table=incoming.shape.table,
        columns=", ".join(columns),
        values=", ".join(f"%({name})s" for name in columns),
        generation="generation.id" if row["generation"] else "NULL",
        join=JOIN if row["generation"] else "",
    )
    own = {
        "platform": incoming.platform.pk,
        "file_kind": incoming.shape.kind.value,
        "sha256": file.sha256,
        "name": file.name,
        "received_at": file.received_at,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, row | own)
        found = cursor.fetchone()
    if found is None:
        raise _NotPlain
    file.pk = found[0]
    return file
