"""Whole files of uses and revenue, taken in by a job, and what became of each line."""

import gzip
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from tantieme_client import operations
from tantieme_client._sync.running import Resource, blocking, every, one, sleep
from tantieme_client.models import HandedIn, IntakeFile
from tantieme_client.parts import OnProgress
from tantieme_client.problems import JobFailed
from tantieme_client.waiting import Deadline

SENDING = {"usage": operations.send_usage_file, "revenue": operations.send_revenue_file}
TAKEN, FAILED = "taken", "failed"
ENDED = {TAKEN, FAILED, "refused"}


class IntakeFiles(Resource):
    """`client.intake_files`: all that was sent, files and bodies of requests."""

    list = every(operations.list_intake_files)
    retrieve = one(operations.retrieve_intake_file)

    def send(
        self,
        path: Path,
        kind: str,
        *,
        file_format: str | None = None,
        late: bool = False,
        mode: str = "all_or_nothing",
        result: str = "refused",
        on_progress: OnProgress | None = None,
    ) -> IntakeFile:
        """Send a file of events, or what is missing of it, and have it taken in; see `wait`.

        A file that was sent before in the same way is not sent again, unless it was refused.

        Args:
            kind: `usage` or `revenue`.
            file_format: `ndjson`, `csv` or `dsr`; else its name tells. It may be packed with gzip.
            late: keep events of closed periods too.
            mode: `all_or_nothing`, or `good_lines` to leave faulty ones out.
            result: of which lines the result tells: `refused`, or `all`.
            on_progress: as of `uploads.send`.
        """
        options = {"late": late, "mode": mode, "result": result}
        options |= {} if file_format is None else {"format": file_format}
        attempt = 0
        while True:
            name = json.dumps([options, attempt], sort_keys=True)
            upload = self._client.uploads.send(path, kind, name=name, on_progress=on_progress)
            body = HandedIn.from_dict({"upload": str(upload.id), **options})
            sent = self._client.send(SENDING[kind](body=body))
            if upload.status != "used" or sent.status not in ENDED - {TAKEN}:
                return sent
            attempt += 1  # refused some time ago: what was wrong may be mended now

    def wait(
        self,
        sent: IntakeFile | UUID,
        *,
        timeout_seconds: float = 3600.0,
        on_progress: Callable[[int, int, str], None] | None = None,
    ) -> IntakeFile:
        """A file, once it is `taken` or `refused`.

        Args:
            on_progress: told the job's progress: done, total, and what it does.

        Raises:
            JobFailed: for a reason on the other side; nothing of it counts.
            WaitedTooLong: it is still being read.
        """
        pk = sent if isinstance(sent, UUID) else sent.id
        deadline = Deadline(timeout_seconds, f"The intake {pk}")
        while True:
            found = self.retrieve(pk)
            if found.status == FAILED:
                raise JobFailed(f"The intake {pk} failed: see the job {found.job}.")
            if found.status in ENDED:
                return found
            if on_progress is not None and found.job:
                at = (self._client.jobs.retrieve(found.job)).progress
                on_progress(at.done, at.total, at.note)
            sleep(deadline.next_wait_seconds())

    def result(self, sent: IntakeFile) -> Iterator[dict[str, Any]]:
        """What became of each line that the result tells of: `line`, `event_id`, `outcome`, and
        `errors` with `field` and `detail`. Empty where nothing is to be told."""
        if not sent.result_url:
            return
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "result.ndjson.gz"
            self._client.download(operations.download_intake_result(sent.id), path)
            with blocking(gzip.open, path, "rb") as lines:
                for line in lines:
                    yield json.loads(line)
