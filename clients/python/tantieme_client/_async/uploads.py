"""Files of any size, in parts that are sent at the same time; what was cut off goes on.

Nothing is kept on this machine: the announcement of a file has an Idempotency-Key made of the
file's hash, so that a later process which announces the same file is told of the same upload, and
asks which parts are there.
"""

from itertools import count
from pathlib import Path

from tantieme_client import operations
from tantieme_client._async.running import Resource, blocking, every, in_parallel, one, sleep
from tantieme_client.calls import BYTES
from tantieme_client.models import NewUpload, OneUpload
from tantieme_client.parts import (
    Announcement,
    OnProgress,
    Part,
    announcement,
    content_digest,
    parts_of,
)
from tantieme_client.problems import FileChanged, Invalid, NotFound
from tantieme_client.waiting import Deadline

AT_ONCE = 4
OPEN, VERIFYING, FAILED = "open", "verifying", "failed"


class Uploads(Resource):
    """`client.uploads`."""

    list = every(operations.list_uploads)
    retrieve = one(operations.retrieve_upload)
    abandon = one(operations.abandon_upload)

    async def send(
        self,
        path: Path,
        purpose: str,
        *,
        name: str = "",
        at_once: int = AT_ONCE,
        on_progress: OnProgress | None = None,
        timeout_seconds: float = 3600.0,
    ) -> OneUpload:
        """Send a file, or what is missing of it, and wait until it is verified.

        Args:
            purpose: what it will be used as, such as `usage` or `checkpoint`.
            name: the same file under another name is another upload; under the same it goes on.
            at_once: how many parts are in memory and on their way.
            on_progress: told how many bytes are there, of how many; maybe by several threads.
            timeout_seconds: how long to wait for a large file's verification.

        Raises:
            FileChanged: it was written to meanwhile.
            Invalid: it is larger than files of this purpose may be.
        """
        said = await blocking(announcement, path, purpose)
        upload = await self._announce(said, name)
        if upload.status == OPEN:
            try:
                await self._send_missing(path, upload, at_once, on_progress)
                upload = await self._complete(upload)
            except FileChanged:  # the upload is of a file that is no more
                await self.abandon(upload.id)
                raise
        elif on_progress is not None:
            on_progress(upload.size_bytes, upload.size_bytes)
        return await self._verified(upload, timeout_seconds)

    async def _announce(self, said: Announcement, name: str) -> OneUpload:
        """The upload of this file. One that is no longer there, or failed, is begun anew."""
        for attempt in count():
            body = NewUpload.from_dict(
                {
                    "purpose": said.purpose,
                    "size_bytes": said.size_bytes,
                    "sha256": said.sha256,
                    "file_name": said.file_name,
                }
            )
            key = said.idempotency_key(f"{name} {attempt}")
            announced = await self._client.send(
                operations.announce_upload(body=body).under_key(key)
            )
            try:
                found = await self.retrieve(announced.id)
            except NotFound:
                continue
            if found.status != FAILED:
                return found
        raise AssertionError("count() does not end")

    async def _send_missing(
        self, path: Path, upload: OneUpload, at_once: int, on_progress: OnProgress | None
    ) -> None:
        there = set(upload.received_parts)
        parts = parts_of(path, upload.size_bytes, upload.part_bytes)
        done = [part.size_bytes for part in parts if part.number in there]

        async def send(part: Part) -> None:
            await self._send_part(upload, part)
            done.append(part.size_bytes)
            if on_progress is not None:
                on_progress(sum(done), upload.size_bytes)

        if on_progress is not None:
            on_progress(sum(done), upload.size_bytes)
        await in_parallel(send, [part for part in parts if part.number not in there], at_once)

    async def _send_part(self, upload: OneUpload, part: Part) -> None:
        content = await blocking(part.read)
        if len(content) != part.size_bytes:
            raise FileChanged(f"{part.path} became shorter while it was sent.")
        call = operations.send_part(upload.id, part.number).with_content(
            content, BYTES, Content_Digest=content_digest(content)
        )
        await self._client.send(call)

    async def _complete(self, upload: OneUpload) -> OneUpload:
        try:
            return await self._client.send(operations.complete_upload(upload.id))
        except Invalid as problem:
            raise FileChanged(f"The file changed while it was sent. {problem.detail}") from problem

    async def _verified(self, upload: OneUpload, timeout_seconds: float) -> OneUpload:
        deadline = Deadline(timeout_seconds, f"The verification of the upload {upload.id}")
        while upload.status == VERIFYING:
            await sleep(deadline.next_wait_seconds())
            upload = await self.retrieve(upload.id)
        if upload.status == FAILED:
            raise FileChanged(f"The file changed while it was sent. {upload.error}")
        return upload
