"""Receiving a part: to its place in the file, in blocks, and counted only when it is whole.

A part is written where it belongs in the one file, so that sealing copies nothing. Its row is
written after its bytes have reached the disk: a connection or a process that ends half-way leaves
bytes that nobody counts and the next attempt writes over. A part that is there is never written
again; what comes under its number is only compared.
"""

import errno
import hashlib
import os
from collections.abc import Iterator
from typing import IO, Protocol

from django.db import connection

from common.uploads.models import Upload, UploadPart
from common.uploads.refusals import PartInFlight, PartRefused, StorageFull, UploadConflict

BLOCK_BYTES = 256 << 10
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def receive(
    upload: Upload, number: int, stream: _Readable, *, expected_sha256: str | None = None
) -> tuple[UploadPart, bool]:
    """Take a part in; returns it and whether it is new. Needs a transaction.

    Args:
        number: counted from 1, at most the upload's `part_count`.
        stream: the part's bytes and nothing more.
        expected_sha256: what the sender says of them, if it does.

    Raises:
        PartRefused: other bytes than the sender says, too few, or too many.
        UploadConflict: the part is there with other bytes, or the upload is no longer open.
        PartInFlight: it is being sent by another request at this moment.
        StorageFull: the disk is full.
        Upload.DoesNotExist: it was abandoned meanwhile.
    """
    _lock(upload, number)
    there = upload.parts.filter(number=number).first()
    if there is not None:
        _compare(there, _hashed(upload, number, stream, None), expected_sha256)
        return there, False
    _refuse_unless_open(upload)
    sha256 = _written(upload, number, stream)
    if expected_sha256 not in {None, sha256}:
        raise PartRefused(f"Its sha256 is {sha256}, and Content-Digest says {expected_sha256}.")
    # It may have been abandoned while the bytes came.
    _refuse_unless_open(Upload.objects.select_for_update(no_key=True).get(pk=upload.pk))
    return UploadPart.objects.create(upload=upload, number=number, sha256=sha256), True


def _lock(upload: Upload, number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"part {number} of {upload.pk}"],
        )
        if not cursor.fetchone()[0]:
            raise PartInFlight(f"Part {number} is being sent by another request; look again soon.")


def _refuse_unless_open(upload: Upload) -> None:
    if upload.status != Upload.Status.OPEN:
        raise UploadConflict(f"The upload is {upload.status} and takes no parts any more.")


def _compare(there: UploadPart, sha256: str, expected_sha256: str | None) -> None:
    if sha256 != there.sha256 or expected_sha256 not in {None, sha256}:
        raise UploadConflict(
            f"Part {there.number} is there with other bytes (sha256 {there.sha256}). An upload is "
            "of one file: abandon this one and announce the other file."
        )


def _written(upload: Upload, number: int, stream: _Readable) -> str:
    """Write a part to its place; returns its sha256."""
    try:
        upload.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW
        with os.fdopen(os.open(upload.path, flags, 0o600), "wb") as file:
            file.seek((number - 1) * upload.part_bytes)
            sha256 = _hashed(upload, number, stream, file)
            file.flush()
            os.fsync(file.fileno())
            return sha256
    except OSError as error:
        if error.errno in NO_ROOM:
            raise StorageFull("Our disk is full; send this part again later.") from error
        raise


def _hashed(upload: Upload, number: int, stream: _Readable, copy: IO[bytes] | None) -> str:
    """The sha256 of a part of the exact size, which is also written to `copy`."""
    digest, size_bytes = hashlib.sha256(), 0
    exact = upload.bytes_of_part(number)
    for block in _blocks(stream, exact + 1):
        size_bytes += len(block)
        if size_bytes > exact:
            break
        digest.update(block)
        if copy is not None:
            copy.write(block)
    if size_bytes != exact:
        raise PartRefused(
            f"Part {number} has exactly {exact:,} bytes; "
            + (f"{size_bytes:,} came." if size_bytes < exact else "more came.")
        )
    return digest.hexdigest()


def _blocks(stream: _Readable, most_bytes: int) -> Iterator[bytes]:
    """What a stream holds, up to a limit; ends early where the connection was lost."""
    while most_bytes > 0:
        try:
            block = stream.read(min(BLOCK_BYTES, most_bytes))
        except OSError:  # the sender went away
            return
        if not block:
            return
        most_bytes -= len(block)
        yield block
