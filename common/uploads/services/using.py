"""Making something of a sealed upload: once, in the transaction that makes it."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from common.uploads.models import Upload
from common.uploads.purposes import Purpose
from common.uploads.refusals import UploadRefused

# Whoever used an upload discards it when done; this clears away what was forgotten.
USED_KEPT_FOR = timedelta(days=30)


def take(upload_id: UUID, purpose: Purpose, *, tenant: str) -> Upload:
    """The sealed upload of that id, locked until the transaction ends. Needs one.

    Nothing is changed yet: `consume` it once something was made of it.

    Raises:
        UploadRefused: the tenant has no such upload, it is for something else, it is not sealed
            yet, or it was used before.
    """
    assert connection.in_atomic_block, "An upload is taken in the transaction that uses it."
    row = Upload.objects.select_for_update(of=("self",)).filter(tenant=tenant, pk=upload_id).first()
    if row is None:
        raise UploadRefused(f"You have no upload {upload_id}.")
    if row.purpose != purpose:
        raise UploadRefused(
            f"The upload {row.pk} is for {row.purpose}, not for {Purpose(purpose).value}."
        )
    if row.status == Upload.Status.USED:
        raise UploadRefused(f"The upload {row.pk} was used before; announce the file anew.")
    if row.status != Upload.Status.SEALED:
        raise UploadRefused(f"The upload {row.pk} is {row.status}; complete it first.")
    return row


def consume(upload: Upload, *, as_of: datetime) -> None:
    """Note that something was made of a taken upload, so that nothing else can be.

    It happens if and only if the surrounding transaction commits. The file stays until `discard`,
    so that a job may read it, but no longer than 30 days.
    """
    upload.status = Upload.Status.USED
    upload.expires_at = as_of + USED_KEPT_FOR
    upload.save(update_fields=["status", "expires_at"])


def release(upload: Upload, *, as_of: datetime) -> None:
    """Let a used upload be used again, since nothing came of it; it is kept for as long anew."""
    upload.status = Upload.Status.SEALED
    upload.expires_at = as_of + USED_KEPT_FOR
    upload.save(update_fields=["status", "expires_at"])


def discard(upload: Upload) -> None:
    """Remove the file of a used upload, once the surrounding transaction commits. Again is fine."""
    transaction.on_commit(lambda: upload.path.unlink(missing_ok=True))
