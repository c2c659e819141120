"""An export holds what is one's own, is fetched by one's own people, and goes after a week."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Membership, Organisation
from accounts.notices.models import Notice
from accounts.roles import Role
from common.database import tenancy
from common.jobs import runner
from common.jobs.models import Job
from royalty.disputes.models import Attachment
from royalty.exports import services
from royalty.exports.models import Export
from tests.portal.people import all_lines, statement_of, text
from tests.portal.test_tax_forms import PDF
from tests.portal.test_tax_forms import send as send_tax_form
from tests.royalty.payees import bank

pytestmark = pytest.mark.django_db


def asked(people) -> Export:
    people.ada.post("/export/ask/")
    return Export.objects.select_related("job", "organisation").latest("pk")


def written(people) -> Export:
    export = asked(people)
    with tenancy.working_as(export.organisation.tenant):
        services.write(export, as_of=timezone.now(), progress=lambda *_: None)
    return export


def content_of(answer) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def test_it_holds_ones_own_and_nothing_of_others(people, rendered):
    details = bank(rendered, "A")
    bank(rendered, "B")
    export = written(people)
    answer = people.ada.get(f"/export/{export.pk}/")
    assert answer["Content-Disposition"].startswith("attachment")
    archive = content_of(answer)
    whole = b"".join(archive.read(name) for name in archive.namelist())
    assert b"Party A" in whole
    assert b"Party B" not in whole
    assert details.iban.encode() not in whole
    statements = [json.loads(line) for line in archive.read("statements.ndjson").splitlines()]
    assert [each["period__contract__code"] for each in statements] == ["studio-2026"]
    issued = [name for name in archive.namelist() if name.startswith("statements/")]
    assert any(name.endswith(".pdf") for name in issued)
    assert len(archive.read("works.ndjson").splitlines()) == 2
    assert Notice.objects.filter(kind="export", user__email="ada@example.org").count() == 1


def objected(people) -> Attachment:
    """A file that was sent with an objection."""
    statement = statement_of("A")
    path = f"/statements/{statement.pk}/lines/{all_lines(statement)[0].row}/dispute/"
    people.ada.post(path, {"words": "It is older.", "file": SimpleUploadedFile("a.pdf", PDF)})
    return Attachment.objects.get()


def test_it_holds_the_files_that_were_sent_with_objections(people, rendered):
    sent = objected(people)
    archive = content_of(people.ada.get(f"/export/{written(people).pk}/"))
    assert archive.read(f"disputes/{sent.pk}-a.pdf") == PDF


def test_a_file_that_is_lost_is_said_to_be_and_the_rest_is_there(people, rendered):
    sent = objected(people)
    default_storage.delete(sent.storage_name)
    archive = content_of(people.ada.get(f"/export/{written(people).pk}/"))
    assert b"lost" in archive.read(f"disputes/{sent.pk}-a.pdf.txt")
    assert archive.read("works.ndjson")


def test_of_tax_forms_it_says_that_they_were_sent_and_does_not_hold_them(people, rendered):
    send_tax_form(people, rendered, b"%PDF-1.7 tax number 123456789")
    archive = content_of(people.ada.get(f"/export/{written(people).pk}/"))
    assert json.loads(archive.read("tax_forms.ndjson"))["name"] == "residence.pdf"
    assert not any(b"123456789" in archive.read(name) for name in archive.namelist())


def test_nobody_else_fetches_it(people, rendered):
    path = f"/export/{written(people).pk}/"
    for other in (people.bea, people.cleo, people.pia, people.oda):
        assert other.get(path).status_code == 404
    Membership.objects.filter(user__email="ada@example.org").update(role=Role.VIEWER)
    assert people.ada.post("/export/ask/").status_code == 403


def test_it_is_gone_after_a_week(people, rendered):
    export = written(people)
    services.remove_expired(timezone.now() + timedelta(days=6))
    assert default_storage.exists(export.storage_name)
    services.remove_expired(timezone.now() + timedelta(days=8))
    assert not default_storage.exists(export.storage_name)
    assert people.ada.get(f"/export/{export.pk}/").status_code == 404


def test_asked_twice_it_is_written_once(people, month):
    assert asked(people) == asked(people)
    assert Job.objects.filter(kind=services.MAKE).count() == 1
    assert "being written" in text(people.ada.get("/export/"))


def test_one_that_failed_says_so_and_is_tried_again(people, month, monkeypatch):
    export = asked(people)
    with monkeypatch.context() as broken:
        broken.setattr("royalty.exports.services._fill", lambda *_: 1 / 0)
        Job.objects.filter(pk=export.job_id).update(attempt=2)
        runner._do(Job.objects.get(pk=_running(export)))
    assert "It could not be written" in text(people.ada.get("/export/"))
    again = asked(people)
    assert (again.pk, again.job.status) == (export.pk, Job.Status.QUEUED)


def _running(export: Export):
    Job.objects.filter(pk=export.job_id).update(status="running", attempt=3)
    return export.job_id


def test_an_organisation_without_anything_gets_an_export_too(people, month):
    organisation = Organisation.objects.create(name="New", kind=Organisation.Kind.RIGHTS_HOLDER)
    with tenancy.working_as(organisation.tenant):
        export = services.ask(organisation, month.ann)
        services.write(export, as_of=timezone.now(), progress=lambda *_: None)
    assert export.is_written
