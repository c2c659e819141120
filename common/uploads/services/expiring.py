"""Clearing away uploads whose time is over, and files that no row knows any more."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from common.uploads.models import Upload
from common.uploads.services.announcing import abandon

AT_A_TIME = 1000
# A request whose row is not yet committed may be writing a file.
ORPHANED_AFTER = timedelta(days=1)


def expire(as_of: datetime) -> int:
    """Abandon what has expired and remove orphaned files; returns how many went.

    What a job verifies is left to it. Done as system, since it is everybody's.
    """
    gone = _remove_orphans(as_of)
    over = Upload.objects.filter(expires_at__lte=as_of).exclude(status=Upload.Status.VERIFYING)
    with transaction.atomic():
        rows = list(over.select_for_update(skip_locked=True, of=("self",))[:AT_A_TIME])
        for upload in rows:
            abandon(upload)
    return gone + len(rows)


def _remove_orphans(as_of: datetime) -> int:
    root = Path(settings.UPLOAD_ROOT)
    if not root.is_dir():
        return 0
    old: dict[UUID, Path] = {}
    for path in root.iterdir():
        upload_id = _id_of(path)
        changed_at = datetime.fromtimestamp(path.lstat().st_mtime, UTC)
        if upload_id is not None and changed_at < as_of - ORPHANED_AFTER:
            old[upload_id] = path
    known = set(Upload.objects.filter(pk__in=old).values_list("pk", flat=True))
    orphans = [path for upload_id, path in old.items() if upload_id not in known]
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)


def _id_of(path: Path) -> UUID | None:
    try:
        return UUID(hex=path.name)
    except ValueError:
        return None
