"""Sealing an upload: all of its parts are there, and the whole has the sha256 it was announced by.

Hashing gigabytes takes longer than a request may, so that large files are sealed by a job.
"""

import hashlib
from collections.abc import Callable
from uuid import UUID

from django.db import transaction

from common.jobs.dispatch import enqueue
from common.uploads.models import Upload
from common.uploads.purposes import MEBIBYTE
from common.uploads.refusals import UploadConflict, UploadRefused
from common.uploads.services.receiving import BLOCK_BYTES

JOB = "uploads.verify"
AT_ONCE_BYTES = 128 * MEBIBYTE
MOST_NAMED = 20

Progress = Callable[[int, int], None]


def seal(upload: Upload) -> Upload:
    """Seal an upload, or ask a job to: then it is `verifying`. Sealed again, it stays as it is.

    Raises:
        UploadConflict: parts are missing, or it has failed.
        UploadRefused: the whole is not what was announced.
    """
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=upload.pk)
        if upload.status == Upload.Status.FAILED:
            raise UploadConflict(f"{upload.error} Announce the file anew.")
        if upload.status != Upload.Status.OPEN:
            return upload
        _refuse_missing_parts(upload)
        if upload.size_bytes > AT_ONCE_BYTES:
            upload.status = Upload.Status.VERIFYING
            upload.job = enqueue(JOB, {"upload": str(upload.pk)}, key=str(upload.pk))
        else:
            error = difference(upload)
            if error:
                raise UploadRefused(f"{error} Abandon the upload and announce the file anew.")
            upload.status = Upload.Status.SEALED
        upload.save(update_fields=["status", "job"])
    return upload


def verify(upload_id: UUID, progress: Progress) -> Upload | None:
    """Hold the whole against its sha256 and seal it, or note that it failed; for a worker.

    Returns None if it was abandoned meanwhile.
    """
    upload = Upload.objects.filter(pk=upload_id).first()
    if upload is None or upload.status != Upload.Status.VERIFYING:
        return upload
    error = difference(upload, progress)
    with transaction.atomic():
        row = Upload.objects.select_for_update().filter(pk=upload_id).first()
        if row is None:
            return None
        row.status = Upload.Status.FAILED if error else Upload.Status.SEALED
        row.error = error
        row.save(update_fields=["status", "error"])
        if error:
            transaction.on_commit(lambda: row.path.unlink(missing_ok=True))
    return row


def difference(upload: Upload, progress: Progress | None = None) -> str:
    """A sentence on how the file differs from what was announced; empty if it does not."""
    digest, size_bytes = hashlib.sha256(), 0
    try:
        with upload.open() as file:
            while block := file.read(4 * BLOCK_BYTES):
                size_bytes += len(block)
                digest.update(block)
                if progress is not None:
                    progress(size_bytes, upload.size_bytes)
    except FileNotFoundError:
        return "The file is no longer there."
    if size_bytes != upload.size_bytes:
        return f"The file has {size_bytes:,} bytes, and {upload.size_bytes:,} were announced."
    if digest.hexdigest() != upload.sha256:
        return (
            f"The parts together have the sha256 {digest.hexdigest()}, and {upload.sha256} was "
            "announced."
        )
    return ""


def _refuse_missing_parts(upload: Upload) -> None:
    there = set(upload.parts.values_list("number", flat=True))
    missing = [number for number in range(1, upload.part_count + 1) if number not in there]
    if missing:
        rest = len(missing) - MOST_NAMED
        raise UploadConflict(
            f"Of {upload.part_count} parts these are missing: "
            + ", ".join(map(str, missing[:MOST_NAMED]))
            + (f" and {rest} more." if rest > 0 else ".")
        )
