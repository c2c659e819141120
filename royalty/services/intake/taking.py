"""Taking a file in: parse, stage, check, count, in one transaction."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import Copy, Error
from psycopg.errors import LockNotAvailable

from catalog.models import Platform
from common.jobs.registry import Progress, ignore_progress
from royalty.models import FaultyLines, FileFormat, IntakeFile, SentFile
from royalty.services.intake.calendar import Calendar
from royalty.services.intake.faults import Faults, refused
from royalty.services.intake.formats import records
from royalty.services.intake.messages import new_message
from royalty.services.intake.record import Record
from royalty.services.intake.shapes import Shape
from royalty.services.intake.source import Still
from royalty.services.intake.staging import Staging

LINES_A_REPORT = 5_000


class IntakeBusy(Exception):
    """Another file of the platform is being counted, for longer than the caller can wait."""


@dataclass(frozen=True)
class Terms:
    """What the sender says of a file, and when it came.

    `now` is the present, ahead of which no event can be; None for history that is replayed.
    """

    name: str
    form: FileFormat
    is_late: bool = False
    mode: FaultyLines = FaultyLines.REFUSE_FILE
    now: datetime | None = None
    most_wait_seconds: int | None = None  # for another file of the platform
    message: str = ""


@dataclass(frozen=True)
class Incoming:
    """A file that is to be taken in, and where to note what is wrong with it."""

    platform: Platform
    shape: Shape
    still: Still
    terms: Terms
    faults: Faults
    progress: Progress = ignore_progress


@dataclass(frozen=True)
class IntakeReport:
    """What became of a file: its lines were new, known, or left out for what is wrong with them.

    Lines of a file that was taken before are all known. `sent` is its place among all that the
    platform sent, where taking it gave it one.
    """

    file: IntakeFile
    line_count: int
    new_count: int
    known_count: int
    refused_count: int
    was_taken_before: bool
    sent: SentFile | None = None

    @property
    def counts(self) -> dict[str, Any]:
        """As a `SentFile` keeps them."""
        return {
            "file": self.file,
            "line_count": self.line_count,
            "new_count": self.new_count,
            "known_count": self.known_count,
            "refused_count": self.refused_count,
        }


def take(incoming: Incoming) -> IntakeReport:
    """Take a file in. Its lines stay staged until the end of the surrounding transaction.

    Raises:
        IntakeRefused: something is wrong with it that its terms do not leave out; nothing changed.
        IntakeBusy: it would have to wait for longer than its terms say; nothing changed.
    """
    known = _known_file(incoming)
    if known is not None:
        return known
    if incoming.terms.form == FileFormat.DSR:
        message = new_message(incoming.platform, incoming.still.stream)
        incoming = replace(incoming, terms=replace(incoming.terms, message=message))
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            return _take_new(incoming, cursor)
    except IntegrityError as error:
        # The database's own guard, for what changed since the checks: its sentence says what.
        cause = error.__cause__
        primary = cause.diag.message_primary if isinstance(cause, Error) else None
        raise refused(primary or str(error)) from error


def _take_new(incoming: Incoming, cursor: CursorWrapper) -> IntakeReport:
    platform, terms, faults = incoming.platform, incoming.terms, incoming.faults
    staging = Staging(incoming.shape, platform, cursor, is_late=terms.is_late)
    calendar = Calendar(platform, terms.now)  # reads the database: not possible during a COPY
    with staging.lines() as copy:
        line_count = _stage(incoming, calendar, copy)
    _tell(incoming, f"checking {line_count:,} lines")
    staging.resolve()
    # One file of a platform at a time from here on: what is new stays new while we count it.
    _wait_for_turn(cursor, platform, terms.most_wait_seconds)
    known = _known_file(incoming)
    if known is not None:
        return known
    staging.check(faults)
    refused_count = _leave_out(incoming, staging, line_count)
    _tell(incoming, f"counting {line_count - refused_count:,} lines")
    cursor.execute("SELECT nextval(pg_get_serial_sequence('royalty_intakefile', 'id'))")
    file_id = int(cursor.fetchone()[0])
    new_count = staging.count(file_id)
    known_count = line_count - refused_count - new_count
    file = IntakeFile.objects.create(
        id=file_id,
        platform=platform,
        kind=incoming.shape.kind,
        sha256=incoming.still.sha256,
        name=terms.name,
        message=terms.message,
        line_count=line_count,
        new_count=new_count,
        known_count=known_count,
        refused_count=refused_count,
    )
    return IntakeReport(file, line_count, new_count, known_count, refused_count, False)


def _leave_out(incoming: Incoming, staging: Staging, line_count: int) -> int:
    """Remove faulty lines if the terms say so; returns how many there were.

    Raises:
        IntakeRefused: the terms say otherwise, something is wrong with the whole, or no line is
            left.
    """
    faults = incoming.faults
    if incoming.terms.mode != FaultyLines.LEAVE_OUT or faults.is_of_file:
        faults.refuse_if_any()
    if not faults.total:
        return 0
    refused_count = staging.leave_out(faults)
    if refused_count == line_count:
        faults.refuse_if_any()
    return refused_count


def _wait_for_turn(cursor: CursorWrapper, platform: Platform, most_seconds: int | None) -> None:
    if most_seconds is not None:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{most_seconds}s"])
    try:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('royalty intake', %s))", [platform.pk]
        )
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise IntakeBusy(
                "Another file of yours is being counted; send this again once it is done."
            ) from error
        raise
    if most_seconds is not None:
        cursor.execute("SELECT set_config('lock_timeout', '0', true)")


def _known_file(incoming: Incoming) -> IntakeReport | None:
    """What these very bytes came to before. Those of which lines were left out are looked at anew:
    what was wrong with a line may have been mended since, by registering a piece for instance."""
    file = IntakeFile.objects.filter(
        platform=incoming.platform,
        kind=incoming.shape.kind,
        sha256=incoming.still.sha256,
        refused_count=0,
    ).first()
    if file is None:
        return None
    return IntakeReport(file, file.line_count, 0, file.line_count, 0, True)


def _stage(incoming: Incoming, calendar: Calendar, copy: Copy) -> int:
    """Write every line that is right in itself to the staging table; returns how many lines there
    are. What is wrong is noted."""
    shape, faults, stream = incoming.shape, incoming.faults, incoming.still.stream
    line_count = 0
    for number, record in records(incoming.terms.form, shape, stream, faults):
        line_count += 1
        if not line_count % LINES_A_REPORT:
            incoming.progress(
                stream.tell(), incoming.still.size_bytes, f"reading, {line_count:,} lines so far"
            )
        if record is None:
            continue
        row = shape.row(record, calendar)
        if record.faults:
            _note(faults, number, record)
        else:
            copy.write_row((number, *row))
    if not line_count and not faults.total:
        faults.add(0, "", "The file holds no line; send at least one.")
    return line_count


def _note(faults: Faults, number: int, record: Record) -> None:
    for field, message in record.faults:
        faults.add(number, field, message, record.event_id)


def _tell(incoming: Incoming, note: str) -> None:
    incoming.progress(incoming.still.size_bytes, incoming.still.size_bytes, note)
