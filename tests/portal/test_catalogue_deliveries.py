"""Delivering a file in the portal, from the file to the report, and what goes wrong with it."""

import csv
import io
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

import catalog.deliveries.tasks  # noqa: F401 as a worker does
from catalog.deliveries.models import Delivery
from catalog.models import Sender, Track
from common.jobs.models import Job
from common.jobs.runner import run
from tests.portal.people import signed_in, text

pytestmark = pytest.mark.django_db
NEW = "/catalogue/deliveries/new/"
SONGS = """Nr;Titel;Komponist;Anteil Komponist;ISRC;Notiz
x1;Morgenlied;Max Reger;100;;=1+1
x2;Abendlied;Max Reger;50;XX;
x3;Nachtlied;Clara Wieck;100;;
"""
COLUMNS = {"column-0": "track_id", "column-1": "title", "column-2": "composer"}
COLUMNS |= {"column-3": "composer_share_pct", "column-4": "isrc", "column-5": ""}


@pytest.fixture
def oda(people, settings, tmp_path: Path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        }
    }
    return people.oda


@pytest.fixture
def archive(db) -> Sender:
    return Sender.objects.create(code="archive", name="The Archive")


def sent(oda, content: str = SONGS, name: str = "songs.csv", **said):
    usual = {"as_of": "2026-05-01", "if_faulty": "good", "sender": ""}
    file = SimpleUploadedFile(name, content.encode())
    return oda.post(NEW, usual | said | {"file": file})


def work_done() -> None:
    for job in Job.objects.filter(kind__startswith="catalog.", status="queued").order_by("pk"):
        done = run(job.pk)
        assert done is not None
        assert done.status == "succeeded", done.error


def test_a_file_goes_all_the_way(oda, archive):
    answer = sent(oda, sender="archive")
    columns = oda.get(answer.url)
    chosen = {each.column: each.chosen for each in columns.context["choices"]}
    assert (chosen["Titel"], chosen["Komponist"]) == ("title", "composer")
    assert "Morgenlied" in text(columns), "columns are shown with some of what stands in them"

    page = oda.get(oda.post(answer.url, COLUMNS | {"remember": "yes"}).url)
    assert "The rows are being checked" in text(page)
    assert 'http-equiv="refresh"' in page.content.decode()
    archive.refresh_from_db()
    assert archive.column_of["title"] == "Titel"
    assert not any(default_storage.listdir("deliveries/incoming")), "the staged file is gone"

    work_done()
    preview = oda.get(page.request["PATH_INFO"])
    assert "Write 2 rows" in text(preview)
    assert not Track.objects.filter(ref__contains="x1").exists(), "a preview writes nothing"
    (fault,) = preview.context["faults"]
    assert (fault.field, fault.count, fault.first_number) == ("isrc", 1, 3)

    delivery = Delivery.objects.get()
    oda.post(f"/catalogue/deliveries/{delivery.pk}/approve/")
    work_done()
    assert Track.objects.filter(title__in=["Morgenlied", "Nachtlied"]).count() == 2
    done = oda.get(f"/catalogue/deliveries/{delivery.pk}/", {"outcome": "rejected"})
    assert [row.number for row in done.context["page"]] == [3]
    report = oda.get(f"/catalogue/deliveries/{delivery.pk}/report.csv").content.decode()
    assert "Morgenlied" in report
    assert oda.get(f"/catalogue/deliveries/{delivery.pk}/report.ndjson").content.count(b"\n") == 3
    sender = text(oda.get("/catalogue/senders/archive/"))
    assert "songs.csv" in sender
    assert "composer_share_pct Anteil Komponist" in sender


def test_deliveries_are_sorted_filtered_and_make_a_file(people, archive):
    usual = {"size_bytes": 1, "as_of": "2026-05-01", "sha256": "a" * 64}
    Delivery.objects.create(name="=cmd() <b>b</b>", sender=archive, row_count=2, **usual)
    Delivery.objects.create(name="a.csv", row_count=7, status="checked", **usual)

    def names(**asked: str) -> list[str]:
        page = people.oda.get("/catalogue/deliveries/", asked)
        return [each.name for each in page.context["table"].rows]

    assert names() == ["a.csv", "=cmd() <b>b</b>"], "the newest first"
    assert names(sort="rows") == ["=cmd() <b>b</b>", "a.csv"]
    assert names(status="checked", sender="nobody") == ["a.csv"]
    assert names(sender="archive", status="checked") == []
    asked = {"sender": "archive", "export": "csv"}
    file = people.oda.get("/catalogue/deliveries/", asked).content.decode()
    (row,) = csv.DictReader(io.StringIO(file))
    assert (row["delivery"], row["sender"]) == ("'=cmd() <b>b</b>", "The Archive")
    latest = people.oda.get("/catalogue/senders/archive/?sort=rows")
    assert [each.name for each in latest.context["table"].rows] == ["=cmd() <b>b</b>"]
    assert "<b>b" not in latest.content.decode()
    assert "export=csv" not in latest.content.decode(), "all of them are a page of their own"


def test_columns_that_cannot_be_used_are_said_and_what_was_chosen_stays(oda):
    address = sent(oda).url
    wrong = oda.post(address, COLUMNS | {"column-1": "composer", "column-0": "", "column-5": "bad"})
    assert wrong.status_code == 422
    said = text(wrong)
    for sentence in ("composer is chosen for two columns", "No column is the title", "track_id"):
        assert sentence in said
    assert [each.chosen for each in wrong.context["choices"]][1] == "composer"
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("songs.exe", "MZ", "none of the endings that are read"),
        ("songs.csv", "", "file"),
        ("../../etc/passwd", "x", "none of the endings"),
        ("songs.xlsx", "no workbook", "songs"),
    ],
)
def test_a_file_that_cannot_be_read_leaves_the_form_filled_in(oda, archive, name, content, said):
    page = sent(oda, content, name, sender="archive", as_of="2026-03-02")
    assert page.status_code == 422
    body = page.content.decode()
    assert 'value="archive" selected' in body
    assert 'value="2026-03-02"' in body
    assert 'role="alert"' in body
    assert not Delivery.objects.exists()


def test_nobody_takes_up_a_file_that_another_session_brought(oda, people):
    address = sent(oda).url
    other = signed_in("otto@example.org", oda.get("/").wsgi_request.organisation)
    assert other.get(address).status_code == 404
    assert other.post(address, COLUMNS).status_code == 404
    assert people.ada.get(address).status_code == 404


def test_a_file_at_fault_is_refused_whole_unless_good_rows_are_asked_for(oda):
    answer = oda.post(sent(oda, if_faulty="none").url, COLUMNS)
    work_done()
    page = text(oda.get(answer.url))
    assert "Nothing was written, since rows are at fault" in page
    delivery = Delivery.objects.get()
    again = oda.post(f"/catalogue/deliveries/{delivery.pk}/approve/", follow=True)
    assert "only a checked one can be approved" in text(again)
    assert not Track.objects.filter(title="Morgenlied").exists()


def test_the_list_tells_first_use_from_an_empty_filter(oda, archive):
    assert "Nothing was delivered yet" in text(oda.get("/catalogue/deliveries/"))
    filtered = oda.get("/catalogue/deliveries/", {"sender": "archive", "status": "done"})
    assert "No delivery is like that" in text(filtered)


def test_decisions_about_rows_need_rows(oda):
    answer = oda.post(sent(oda).url, COLUMNS)
    work_done()
    address = f"{answer.url}rows/"
    page = oda.post(address, {"decision": "release", "row": ["2", "x", "9" * 30]}, follow=True)
    assert "No row was ticked that is in quarantine" in text(page)
    assert oda.get(address).status_code == 405
