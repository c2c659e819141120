"""Files that lie uploaded and sealed, as far as taking them in is concerned."""

import gzip
import hashlib
import io
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.test import override_settings

import royalty.tasks  # noqa: F401 what workers know
from common.jobs import runner
from common.jobs.models import Job
from common.uploads.models import Upload
from common.uploads.services import announce, receive, seal
from royalty.services.intake.bulk import JOB
from tests.api.conftest import Caller


def lines(events: Iterable[Any]) -> bytes:
    texts = (each if isinstance(each, str) else json.dumps(each) for each in events)
    return "".join(f"{text}\n" for text in texts).encode()


def sealed(organisation: Any, content: bytes, name: str = "", purpose: str = "usage") -> Upload:
    """A sealed upload, sent in as many parts as it takes."""
    announced = announce(
        tenant=organisation.tenant,
        purpose=purpose,
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        as_of=datetime.now(UTC),
        file_name=name,
    )
    for number in range(1, announced.part_count + 1):
        start = (number - 1) * announced.part_bytes
        part = content[start : start + announced.part_bytes]
        with transaction.atomic():
            receive(announced, number, io.BytesIO(part))
    return seal(announced)


def hand_in(caller: Caller, upload: Upload, /, **said: Any) -> HttpResponse:
    return caller.post_json(f"{upload.purpose}/files", {"upload": str(upload.pk), **said})


def work() -> None:
    """Do what was asked for, as a worker would."""
    for job in Job.objects.filter(kind=JOB, status=Job.Status.QUEUED).order_by("pk"):
        runner.run(job.pk)


def result_of(caller: Caller, document: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines of a file's result."""
    response = caller.get(f"intake-files/{document['id']}/result")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/gzip"
    packed = b"".join(response.streaming_content)
    return [json.loads(line) for line in gzip.decompress(packed).splitlines()]


def do(job_id: UUID, upload_root: Path) -> None:
    """Do a job in a process that may be killed, whose uploads lie where the test's do."""
    with override_settings(UPLOAD_ROOT=upload_root):
        runner.run(job_id)
