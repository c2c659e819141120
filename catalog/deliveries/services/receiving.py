"""Receiving a delivery that was sent, and what people decide about it.

The file is kept, so that every field of the catalogue can be followed back to it. The same bytes by
the same sender are the delivery that is there, as long as nothing of that sender came after it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory

from django.core.files.storage import default_storage
from django.db import transaction

from accounts.models import User
from catalog.deliveries.models import Delivery
from catalog.deliveries.services.checking import count_rows
from catalog.formats.archives import unpack
from catalog.manifest import Outcome
from catalog.models import Sender
from common.database import tenancy
from common.ids import new_id
from common.jobs.dispatch import enqueue
from common.storage import put_file

CHECK_JOB = "catalog.check_delivery"
WRITE_JOB = "catalog.write_delivery"
MOST_ATTEMPTS = 5
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")
_LIVE = (Delivery.Status.RECEIVED, Delivery.Status.CHECKED, Delivery.Status.APPROVED)


class DeliveryConflict(Exception):
    """The delivery is in a state in which this cannot be done; the message says in which."""


@dataclass(frozen=True)
class SentFile:
    """A file that came: where it lies now, what its sender calls it, and its hash.

    The ending of the name says the format.
    """

    path: Path
    name: str
    sha256: str


@transaction.atomic
def receive(
    *,
    file: SentFile,
    sender: Sender | None,
    as_of: date,
    take_good_rows: bool = False,
    column_of: Mapping[str, str] | None = None,
    made_by: User | None = None,
) -> tuple[Delivery, bool]:
    """Keep a file that was sent and ask for its check; whether it is new stands beside it.

    Args:
        file: it is copied.
        column_of: which of its columns hold ours, where the sender's remembered mapping does not.
    """
    with tenancy.acting_as(tenancy.SYSTEM):
        if sender is not None:  # of two that arrive at once, the second finds the first
            Sender.objects.select_for_update().get(pk=sender.pk)
        there = _received_before(sender, file.sha256)
        if there is not None:
            return there, False
        delivery = Delivery(
            id=new_id(),
            sender=sender,
            made_by=made_by,
            name=file.name[:300],
            sha256=file.sha256,
            size_bytes=file.path.stat().st_size,
            column_of={**(sender.column_of if sender else {}), **(column_of or {})},
            as_of=as_of,
            take_good_rows=take_good_rows,
        )
        delivery.storage_name = f"deliveries/{delivery.pk}{_suffix(file.name)}"
        with file.path.open("rb") as content:
            put_file(delivery.storage_name, content)
        delivery.save()
    _ask_for(CHECK_JOB, delivery)
    return delivery, True


def _received_before(sender: Sender | None, sha256: str) -> Delivery | None:
    """The delivery of the same bytes, unless a later one of the sender changed things since."""
    if sender is None:
        return None
    of_sender = Delivery.objects.filter(sender=sender)
    same = of_sender.filter(sha256=sha256, storage_name__gt="")
    there = same.filter(status__in=[*_LIVE, Delivery.Status.DONE]).order_by("-id").first()
    if there is None or there.status in _LIVE:
        return there
    return None if of_sender.filter(status="done", id__gt=there.pk).exists() else there


def _suffix(name: str) -> str:
    suffix = PurePath(name).suffix.lower()
    return suffix if _SUFFIX.fullmatch(suffix) else ""


def _ask_for(kind: str, delivery: Delivery) -> None:
    """Ask for a job as whoever asks now, so that they see how far it is."""
    job = enqueue(kind, {"delivery": str(delivery.pk)}, max_attempts=MOST_ATTEMPTS)
    with tenancy.acting_as(tenancy.SYSTEM):
        Delivery.objects.filter(pk=delivery.pk).update(job=job)
    delivery.job = job


@transaction.atomic
def approve(delivery: Delivery, *, as_of: datetime) -> Delivery:
    """Ask for a checked delivery to be written; one whose writing failed goes on where it was.

    Raises:
        DeliveryConflict: it is not checked, or refused, or approved already.
    """
    with tenancy.acting_as(tenancy.SYSTEM):
        locked = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
        is_stopped = locked.status == Delivery.Status.FAILED and locked.approved_at is not None
        if locked.status != Delivery.Status.CHECKED and not is_stopped:
            raise DeliveryConflict(
                f"The delivery is {locked.status}; only a checked one can be approved."
            )
        locked.status, locked.approved_at = Delivery.Status.APPROVED, as_of
        locked.error, locked.finished_at = "", None
        locked.save()
    _ask_for(WRITE_JOB, locked)
    return locked


@transaction.atomic
def release(delivery: Delivery, numbers: Iterable[int], *, as_of: datetime) -> int:
    """Let rows out of quarantine, since somebody looked at them; returns how many there were.

    Of a delivery that was written already they are written now, as the catalogue then is.
    """
    with tenancy.acting_as(tenancy.SYSTEM):
        locked = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
        rows = locked.rows.filter(number__in=list(numbers), outcome=Outcome.QUARANTINED)
        released = rows.update(outcome=Outcome.CHANGED, is_released=True)
        count_rows(locked)
        if released and locked.status == Delivery.Status.DONE:
            locked.status, locked.approved_at = Delivery.Status.APPROVED, as_of
            locked.finished_at = None
        locked.save()
    if released and locked.status == Delivery.Status.APPROVED:
        _ask_for(WRITE_JOB, locked)
    return released


@transaction.atomic
def refuse(delivery: Delivery, numbers: Iterable[int]) -> int:
    """Refuse rows that are in quarantine; returns how many there were."""
    with tenancy.acting_as(tenancy.SYSTEM):
        locked = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
        rows = locked.rows.filter(number__in=list(numbers), outcome=Outcome.QUARANTINED)
        refused = rows.update(outcome=Outcome.REJECTED)
        count_rows(locked)
        locked.save()
    return refused


@contextmanager
def opened(delivery: Delivery) -> Iterator[tuple[Path, Path | None]]:
    """What to read of a delivery that is kept, and the folder of the music beside it, if any.

    Raises:
        BadArchive: it is a ZIP that is not unpacked.
    """
    path = Path(default_storage.path(delivery.storage_name))
    if path.suffix != ".zip":
        yield path, None
        return
    with TemporaryDirectory(prefix="delivery-", dir=path.parent) as folder:
        inside = unpack(path, Path(folder))
        yield inside, inside
