"""Asking for an export, writing it, removing it when its time is over."""

import json
import tempfile
import zipfile
from datetime import datetime, timedelta
from hashlib import file_digest
from shutil import copyfileobj
from typing import IO

from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.notices.models import Kind
from accounts.notices.services import notify
from catalog.claims.models import Proof
from catalog.selectors import parties_of
from common.database import tenancy
from common.jobs.dispatch import enqueue
from common.jobs.models import Job
from common.jobs.registry import Progress
from common.storage import put_file
from royalty.exports.content import ROWS, proofs_of, rows_of
from royalty.exports.models import Export
from royalty.selectors.documents import DocumentAlteredError, document_of, files_of
from royalty.selectors.statements import every_version_of

MAKE = "exports.make"
KEPT = timedelta(days=7)
ABOUT = """What is held here about {organisation}, as of {moment}.

Each file of JSON lines has one thing a line, named by its identifier. Amounts are in atoms, a
millionth of the smallest coin. Under statements/ are the documents as they were issued; under
claims/ and disputes/ are the files that were sent with them.
"""


def ask(organisation: Organisation, user: User) -> Export:
    """Have an export written; while one is being written, that one.

    It is done as whoever asks now, which must be the organisation itself.
    """
    unwritten = Export.objects.filter(organisation=organisation, sha256="")
    found = unwritten.select_related("job").order_by("-pk").first()
    if found is None:
        with tenancy.acting_as(tenancy.SYSTEM):
            found = Export.objects.create(organisation=organisation, asked_by=user)
    # A job that failed begins anew.
    job = enqueue(MAKE, {"export": str(found.pk)}, queue="documents", key=f"export:{found.pk}")
    with tenancy.acting_as(tenancy.SYSTEM):
        Export.objects.filter(pk=found.pk).update(job=job)
    found.job = job
    return found


def write(export: Export, *, as_of: datetime, progress: Progress) -> Export:
    """Write an export's file; written already, it is not written again."""
    if export.is_written:
        return export
    with tempfile.TemporaryFile() as file:
        _fill(file, export, as_of, progress)
        export.size_bytes = file.tell()
        file.seek(0)
        export.sha256 = file_digest(file, "sha256").hexdigest()
        file.seek(0)
        put_file(export.storage_name, file)
    export.expires_at = as_of + KEPT
    with tenancy.acting_as(tenancy.SYSTEM):
        export.save(update_fields=["sha256", "size_bytes", "expires_at"])
        notify(
            Kind.EXPORT,
            [export.organisation_id],
            lambda: _("The export of your data is ready."),
            "/export/",
            only=[export.asked_by],
        )
    return export


def _fill(file: IO[bytes], export: Export, as_of: datetime, progress: Progress) -> None:
    organisation = export.organisation
    parties = parties_of(organisation)
    statements = list(every_version_of(parties))
    proofs = list(proofs_of(organisation, parties))
    total = len(ROWS) + len(statements) + len(proofs)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        about = ABOUT.format(organisation=organisation.name, moment=as_of.isoformat())
        archive.writestr("README.txt", about)
        for number, kind in enumerate(ROWS):
            progress(number, total, kind)
            with archive.open(f"{kind}.ndjson", "w") as lines:
                for row in rows_of(kind, organisation, parties):
                    line = json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False)
                    lines.write(line.encode() + b"\n")
        for number, statement in enumerate(statements, start=len(ROWS)):
            progress(number, total, "statements")
            for issued in files_of(statement):
                try:
                    document = document_of(statement, issued.kind)
                except DocumentAlteredError as error:
                    name, content = f"statements/{issued.kind}-{statement.pk}.txt", str(error)
                    archive.writestr(name, content)
                else:
                    archive.writestr(f"statements/{document.name}", document.content)
        for number, proof in enumerate(proofs, start=len(ROWS) + len(statements)):
            progress(number, total, "files")
            _copy(proof, archive)
    file.seek(0, 2)
    progress(total, total)


def _copy(proof: Proof, archive: zipfile.ZipFile) -> None:
    name = f"{proof.FOLDER}/{proof.pk}-{proof.name}"
    try:
        kept = default_storage.open(proof.storage_name)
    except FileNotFoundError:
        archive.writestr(f"{name}.txt", "This file is lost from the storage.")
        return
    with kept, archive.open(name, "w") as copy:
        copyfileobj(kept, copy)


def failed(export: Export) -> bool:
    """Whether the job gave up, so that somebody may ask again."""
    return export.job is not None and export.job.status == Job.Status.FAILED


@tenancy.acting_as(tenancy.SYSTEM)
def remove_expired(as_of: datetime) -> int:
    """Remove files whose time is over, and forget them; returns how many there were."""
    expired = list(Export.objects.filter(expires_at__lte=as_of)[:1_000])
    for export in expired:
        default_storage.delete(export.storage_name)
        export.delete()
    return len(expired)
