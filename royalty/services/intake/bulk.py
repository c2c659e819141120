"""Taking in what was uploaded: a job reads the file, and either all of it counts or nothing.

A `SentFile` is written when the file is handed in. What it comes to is written in the transaction
that counts its lines, so that a worker that dies leaves the file as it was, and the next one begins
anew. A file that is refused gives its upload back: it can be handed in again once what was wrong on
our side, an unregistered piece for instance, has been mended.
"""

import tempfile
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from accounts.webhooks.services.emitting import address_of, emit
from catalog.models import Platform
from catalog.services.clock import now_for
from common.ids import new_id
from common.jobs.aside import told_aside
from common.jobs.dispatch import enqueue
from common.jobs.registry import Progress
from common.uploads.models import Upload
from common.uploads.services import consume, discard, release
from royalty.models import EventKind, FaultyLines, FileFormat, ResultLines, SentFile
from royalty.services.intake import results
from royalty.services.intake.faults import Fault, Faults, IntakeRefused
from royalty.services.intake.shapes import Shape, shape_of
from royalty.services.intake.source import MAX_FILE_BYTES, Still
from royalty.services.intake.taking import Incoming, Terms, take

JOB = "royalty.take_in_file"
MOST_ATTEMPTS = 5
NAMELESS = "upload {}"


class HandingInRefused(Exception):
    """The upload cannot be taken in so; `field` says what of the request is to blame."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class UploadGone(Exception):
    """The file was kept for as long as is promised, and is no longer there."""


class _DoneMeanwhile(Exception):
    """Another worker finished it; what this one did must not count."""


def hand_in(
    *,
    platform: Platform,
    kind: EventKind,
    upload: Upload,
    form: FileFormat,
    is_late: bool,
    mode: FaultyLines,
    result_lines: ResultLines,
) -> SentFile:
    """Ask for an upload to be taken in. Needs the transaction in which it was taken for that.

    Raises:
        HandingInRefused: it is too large, or of a form that does not go with the rest.
    """
    if upload.size_bytes > MAX_FILE_BYTES:
        raise HandingInRefused(
            "upload", f"It has more than {MAX_FILE_BYTES // 1024**2:,} MiB; send it in several."
        )
    if form == FileFormat.DSR and kind == EventKind.REVENUE:
        raise HandingInRefused("format", "A DSR reports uses; revenue is sent as NDJSON or CSV.")
    if form == FileFormat.DSR and mode == FaultyLines.LEAVE_OUT:
        raise HandingInRefused(
            "mode", "A DSR is one message, whose footer counts it: it is taken whole or not at all."
        )
    consume(upload, as_of=timezone.now())
    sent_id = new_id()
    job = enqueue(JOB, {"sent_file": str(sent_id)}, max_attempts=MOST_ATTEMPTS)
    return SentFile.objects.create(
        id=sent_id,
        platform=platform,
        kind=kind,
        format=form,
        name=upload.file_name or NAMELESS.format(upload.pk),
        is_late=is_late,
        mode=mode,
        result_lines=result_lines,
        sha256=upload.sha256,
        size_bytes=upload.size_bytes,
        upload=upload.pk,
        job=job,
    )


def take_handed_in(sent_id: UUID, progress: Progress) -> SentFile:
    """Take a file in that was handed in, or refuse it; what is finished stays as it is.

    Raises:
        UploadGone: its file is no longer there.
    """
    sent = SentFile.objects.select_related("platform").get(pk=sent_id)
    if sent.outcome != SentFile.Outcome.PENDING:
        return sent
    upload = Upload.objects.filter(pk=sent.upload).first() if sent.upload else None
    if upload is None or not upload.path.exists():
        raise UploadGone("The uploaded file is no longer there; upload it anew.")
    with (
        upload.open() as stream,
        tempfile.TemporaryFile("w+", encoding="utf-8") as kept_in,
        told_aside(progress) as tell,
    ):
        still = Still(stream, sent.sha256, sent.size_bytes)
        incoming = Incoming(
            sent.platform, _shape(sent), still, _terms(sent), Faults(kept_in), progress=tell
        )
        with suppress(_DoneMeanwhile):
            _take_or_refuse(sent, incoming, upload)
    sent.refresh_from_db()
    return sent


def _take_or_refuse(sent: SentFile, incoming: Incoming, upload: Upload) -> None:
    try:
        with transaction.atomic():
            _take(sent, incoming)
            discard(upload)
    except IntakeRefused as refusal:
        with transaction.atomic():
            _refuse(sent, incoming.faults, refusal)
            release(upload, as_of=timezone.now())


def _take(sent: SentFile, incoming: Incoming) -> None:
    report = take(incoming)
    faults, name = incoming.faults, ""
    tells_every = sent.result_lines == ResultLines.EVERY and not report.was_taken_before
    if tells_every or report.refused_count:
        name = _result_name(sent)
        incoming.progress(sent.size_bytes, sent.size_bytes, "writing the result")
        with connection.cursor() as cursor:
            if not report.refused_count:
                results.stage_faults(cursor, faults)
            if tells_every:
                results.write_every(
                    cursor,
                    name,
                    shape=incoming.shape,
                    platform_id=sent.platform_id,
                    file_id=report.file.pk,
                )
            else:
                results.write_refused(cursor, name)
    _finish(sent, SentFile.Outcome.TAKEN, faults.listed, faults.total, name, **report.counts)


def _refuse(sent: SentFile, faults: Faults, refusal: IntakeRefused) -> None:
    """Write what is wrong with each line, and list the first faults."""
    name, refused_count = "", 0
    if faults.total:
        name = _result_name(sent)
        with connection.cursor() as cursor:
            refused_count = results.stage_faults(cursor, faults)
            results.write_refused(cursor, name)
    _finish(
        sent,
        SentFile.Outcome.REFUSED,
        list(refusal.faults),
        refusal.total,
        name,
        refused_count=refused_count,
    )


def _finish(
    sent: SentFile,
    outcome: SentFile.Outcome,
    listed: list[Fault],
    total: int,
    result_name: str,
    **counts: Any,
) -> None:
    """Note what became of it, unless somebody else did."""
    pending = SentFile.objects.filter(pk=sent.pk, outcome=SentFile.Outcome.PENDING)
    if not pending.update(
        outcome=outcome,
        errors=[_place(fault) for fault in sorted(listed)],
        error_count=total,
        result_name=result_name,
        finished_at=timezone.now(),
        **counts,
    ):
        raise _DoneMeanwhile
    emit(sent.platform.organisation_id, *_news(sent, outcome, listed, counts))


def _news(
    sent: SentFile, outcome: SentFile.Outcome, listed: list[Fault], counts: dict[str, Any]
) -> tuple[str, dict[str, Any]]:
    """The event that tells the platform, by the catalogue of webhooks."""
    told = {
        "job": str(sent.job_id),
        "intake_file": str(sent.pk),
        "kind": sent.kind,
        "url": address_of("intake-file", pk=sent.pk),
    }
    if outcome == SentFile.Outcome.REFUSED:
        return "intake.refused", told | {"reason": str(listed[0])}
    numbers = {name: counts[f"{name}_count"] for name in ("new", "known", "refused")}
    return "intake.taken", told | numbers


def _place(fault: Fault) -> dict[str, Any]:
    place = {"line": fault.line, "field": fault.field, "detail": fault.message}
    return {key: value for key, value in place.items() if value}


def _shape(sent: SentFile) -> Shape:
    return shape_of(EventKind(sent.kind), FileFormat(sent.format))


def _terms(sent: SentFile) -> Terms:
    return Terms(
        name=sent.name,
        form=FileFormat(sent.format),
        is_late=sent.is_late,
        mode=FaultyLines(sent.mode),
        now=now_for(sent.platform),
    )


def _result_name(sent: SentFile) -> str:
    return f"intake/{sent.pk}.ndjson.gz"
