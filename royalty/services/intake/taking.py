"""Taking a file in: parse, stage, check, count, in one transaction."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from django.db import IntegrityError, connection, transaction
from psycopg import Copy, Error

from catalog.models import Platform
from royalty.models import IntakeFile, Period
from royalty.services.intake import dsr, shapes
from royalty.services.intake.calendar import Calendar
from royalty.services.intake.faults import Faults, refused
from royalty.services.intake.formats import Format, records
from royalty.services.intake.record import BrokenLine, Record
from royalty.services.intake.shapes import Shape
from royalty.services.intake.source import kept
from royalty.services.intake.staging import Staging


@dataclass(frozen=True)
class IntakeReport:
    """What became of a file: its lines were new or known; a file taken before changes nothing."""

    file: IntakeFile
    line_count: int
    new_count: int
    known_count: int
    was_taken_before: bool


@dataclass(frozen=True)
class Sent:
    """What the sender says of a file: its name, how it is written, that it is late."""

    name: str
    form: Format
    is_late: bool
    message: str = ""


def take_usage(
    *,
    platform: Platform,
    source: Path | IO[bytes],
    name: str,
    is_late: bool = False,
    form: Format = Format.NDJSON,
) -> IntakeReport:
    """Take in a file of uses.

    With `is_late` events of closed periods are kept too, until the periods are restated.

    Raises:
        IntakeRefused: anything is wrong with it; nothing changed.
    """
    shape = shapes.REPORTED_USAGE if form is Format.DSR else shapes.USAGE
    return _take(shape, platform, source, Sent(name[:300], form, is_late))


def take_revenue(
    *,
    platform: Platform,
    source: Path | IO[bytes],
    name: str,
    is_late: bool = False,
    form: Format = Format.NDJSON,
) -> IntakeReport:
    """Take in a file of revenue; `is_late` as for uses.

    Raises:
        IntakeRefused: anything is wrong with it; nothing changed.
    """
    return _take(shapes.REVENUE, platform, source, Sent(name[:300], form, is_late))


def _take(shape: Shape, platform: Platform, source: Path | IO[bytes], how: Sent) -> IntakeReport:
    with kept(source) as (stream, sha256):
        known = _known_file(shape, platform, sha256)
        if known is not None:
            return known
        message = _new_message(platform, stream) if how.form is Format.DSR else ""
        try:
            with transaction.atomic():
                return _take_new(shape, platform, stream, sha256, replace(how, message=message))
        except IntegrityError as error:
            # The database's own guard, for what changed since the checks: its sentence says what.
            cause = error.__cause__
            primary = cause.diag.message_primary if isinstance(cause, Error) else None
            raise refused(primary or str(error)) from error


def _take_new(
    shape: Shape, platform: Platform, stream: IO[bytes], sha256: str, how: Sent
) -> IntakeReport:
    with connection.cursor() as cursor:
        staging = Staging(shape, platform, cursor, is_late=how.is_late)
        calendar = Calendar(platform)  # reads the database, which nothing may do during a COPY
        with staging.lines() as copy:
            line_count = _stage(shape, calendar, how, stream, copy)
        # One file of a platform at a time from here on: what is new stays new while we count it.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('royalty intake', %s))", [platform.pk]
        )
        known = _known_file(shape, platform, sha256)
        if known is not None:
            return known
        staging.resolve()
        faults = Faults()
        staging.check(faults)
        faults.refuse_if_any()
        cursor.execute("SELECT nextval(pg_get_serial_sequence('royalty_intakefile', 'id'))")
        file_id = int(cursor.fetchone()[0])
        new_count = staging.count(file_id)
    file = IntakeFile.objects.create(
        id=file_id,
        platform=platform,
        kind=shape.kind,
        sha256=sha256,
        name=how.name,
        message=how.message,
        line_count=line_count,
        new_count=new_count,
        known_count=line_count - new_count,
    )
    return IntakeReport(file, line_count, new_count, line_count - new_count, False)


def _new_message(platform: Platform, stream: IO[bytes]) -> str:
    """Who sent a DSR under which MessageId.

    Raises:
        IntakeRefused: it cannot be read, came before, or its days lie in several periods.
    """
    try:
        head = dsr.read_head(stream)
    except BrokenLine as error:
        raise refused(f"{error}") from error
    message = f"{head.sender}:{head.message_id}"[:300]
    known = IntakeFile.objects.filter(platform=platform, message=message).first()
    if known is not None:
        raise refused(
            f"The message {message} came with another content in {known.name}; a MessageId is "
            "never used again."
        )
    split = Period.objects.filter(
        contract__platform=platform,
        contract__service=head.service,
        starts_on__lte=head.last_day,
        starts_on__gt=head.first_day,
    ).first()
    if head.first_day > head.last_day or split is not None:
        raise refused(
            f"The report is about {head.first_day} to {head.last_day}; send one for the days of "
            "each period."
        )
    return message


def _known_file(shape: Shape, platform: Platform, sha256: str) -> IntakeReport | None:
    file = IntakeFile.objects.filter(platform=platform, kind=shape.kind, sha256=sha256).first()
    if file is None:
        return None
    return IntakeReport(file, file.line_count, 0, file.line_count, True)


def _stage(shape: Shape, calendar: Calendar, how: Sent, stream: IO[bytes], copy: Copy) -> int:
    """Write every line to the staging table; returns how many there are.

    Raises:
        IntakeRefused: faults that a line shows by itself, all of the file's.
    """
    faults = Faults()
    line_count = 0
    for number, record in records(how.form, shape, stream, faults):
        line_count += 1
        if record is None:
            continue
        row = shape.row(record, calendar)
        _note(faults, number, record)
        if not faults.total:
            copy.write_row((number, *row))
    if not line_count and not faults.total:
        faults.add(0, "", "The file holds no line; send at least one.")
    faults.refuse_if_any()
    return line_count


def _note(faults: Faults, number: int, record: Record) -> None:
    for field, message in record.faults:
        faults.add(number, field, message)
