"""Taking in what is at hand at once: the body of a request, or a file of this machine."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import IO

from django.db import transaction
from django.utils import timezone

from catalog.models import Platform
from royalty.models import EventKind, FileFormat, SentFile
from royalty.services.intake.alone import take_alone
from royalty.services.intake.faults import Faults
from royalty.services.intake.shapes import shape_of
from royalty.services.intake.source import Still, kept
from royalty.services.intake.taking import Incoming, IntakeReport, Terms, take

NAME_LENGTH = 300


def take_usage(
    *,
    platform: Platform,
    source: Path | IO[bytes],
    name: str,
    is_late: bool = False,
    form: FileFormat = FileFormat.NDJSON,
    now: datetime | None = None,
    most_wait_seconds: int | None = None,
) -> IntakeReport:
    """Take in a file of uses.

    Args:
        is_late: keep events of closed periods too, until the periods are restated.
        now: the present; what is dated more than 24 hours after it is refused. None where history
            is told.
        most_wait_seconds: for another file of the platform that is being counted.

    Raises:
        IntakeRefused: anything is wrong with it; nothing changed.
        IntakeBusy: the wait would be longer; nothing changed.
    """
    terms = Terms(name[:NAME_LENGTH], form, is_late, now=now, most_wait_seconds=most_wait_seconds)
    return _take(EventKind.USAGE, platform, source, terms)


def take_revenue(
    *,
    platform: Platform,
    source: Path | IO[bytes],
    name: str,
    is_late: bool = False,
    form: FileFormat = FileFormat.NDJSON,
    now: datetime | None = None,
    most_wait_seconds: int | None = None,
) -> IntakeReport:
    """Take in a file of revenue; arguments and errors as for uses."""
    terms = Terms(name[:NAME_LENGTH], form, is_late, now=now, most_wait_seconds=most_wait_seconds)
    return _take(EventKind.REVENUE, platform, source, terms)


def _take(
    kind: EventKind, platform: Platform, source: Path | IO[bytes], terms: Terms
) -> IntakeReport:
    with kept(source) as still, transaction.atomic():
        incoming = Incoming(platform, shape_of(kind, terms.form), still, terms, Faults())
        report = take_alone(incoming) or take(incoming)
        sent = _list(kind, still, terms, report)
    return replace(report, sent=sent)


def _list(kind: EventKind, still: Still, terms: Terms, report: IntakeReport) -> SentFile:
    """Let the platform find it among all that it sent."""
    return SentFile.objects.create(
        platform_id=report.file.platform_id,
        kind=kind,
        format=terms.form,
        name=terms.name,
        is_late=terms.is_late,
        sha256=still.sha256,
        size_bytes=still.size_bytes,
        outcome=SentFile.Outcome.TAKEN,
        finished_at=timezone.now(),
        **report.counts,
    )
