"""Announcing an upload within the limits of its purpose and its sender, and giving it up."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Sum

from common.uploads.models import Upload
from common.uploads.purposes import MEBIBYTE, MOST_BYTES, MOST_UPLOADS, Purpose, terms_of
from common.uploads.refusals import StorageFull, TooManyUploads, UploadRefused

KEPT_FOR = timedelta(days=7)  # an upload of which nothing is made
# What is left to the database and everything else that shares the disk.
SPARED_BYTES = 512 * MEBIBYTE


def announce(
    *,
    tenant: str,
    purpose: Purpose,
    size_bytes: int,
    sha256: str,
    as_of: datetime,
    file_name: str = "",
    media_type: str = "",
) -> Upload:
    """A new upload of one file, of which nothing is there yet.

    Raises:
        UploadRefused: larger than files of this purpose may be.
        TooManyUploads: the tenant has as many uploads or bytes here as it may.
        StorageFull: the disk has no room for it now.
    """
    most_bytes = terms_of(purpose).most_bytes
    if size_bytes > most_bytes:
        raise UploadRefused(
            f"A file for {purpose.value} has at most {most_bytes:,} bytes, not {size_bytes:,}.",
            field="size_bytes",
        )
    with transaction.atomic():
        _refuse_above_limits(tenant, size_bytes)
        refuse_without_room(size_bytes)
        return Upload.objects.create(
            tenant=tenant,
            purpose=purpose,
            size_bytes=size_bytes,
            sha256=sha256,
            file_name=file_name,
            media_type=media_type,
            expires_at=as_of + KEPT_FOR,
        )


def abandon(upload: Upload) -> None:
    """Forget an upload and remove its file, once the surrounding transaction commits."""
    path = upload.path
    upload.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def refuse_without_room(size_bytes: int) -> None:
    """Raise StorageFull where so many bytes more do not fit."""
    root = Path(settings.UPLOAD_ROOT)
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    if shutil.disk_usage(root).free < size_bytes + SPARED_BYTES:
        raise StorageFull(f"There is no room for {size_bytes:,} bytes now; try again later.")


def _refuse_above_limits(tenant: str, size_bytes: int) -> None:
    with connection.cursor() as cursor:  # two that are announced at once are counted one by one
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"uploads of {tenant}"]
        )
    there = Upload.objects.filter(tenant=tenant).exclude(status=Upload.Status.USED)
    sums = there.aggregate(count=Count("pk"), size_bytes=Sum("size_bytes", default=0))
    if sums["count"] >= MOST_UPLOADS:
        raise TooManyUploads(
            f"You have {sums['count']} uploads of which nothing was made; {MOST_UPLOADS} may be "
            "there at one time. Use or abandon some."
        )
    if sums["size_bytes"] + size_bytes > MOST_BYTES:
        raise TooManyUploads(
            f"Your uploads have {sums['size_bytes']:,} bytes; with {size_bytes:,} more they would "
            f"have more than the {MOST_BYTES:,} that may be there at one time. Use or abandon some."
        )
