"""Refused files in the portal: whose, why by line, and the file to take along."""

import csv
import gzip
import io
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage

from common.storage import put
from royalty.models import IntakeFile
from royalty.services import intake
from tests.portal.accountants import Office, office_of_operator
from tests.portal.people import text
from tests.portal.test_effort import reads
from tests.portal.test_platform_usage import refused, taken
from tests.royalty.cast import ndjson, usage_line, worked_example

pytestmark = pytest.mark.django_db
PAGE = "/exceptions/files/"


@pytest.fixture
def world(db):
    return worked_example()


@pytest.fixture
def desk(world) -> Office:
    return office_of_operator()


def taken_in_part(world, tmp_path):
    """A file of which one line was left out."""
    path = ndjson(tmp_path / "part.ndjson", [usage_line(1, "U1", "G1", 1)])
    intake.take_usage(platform=world.platform, source=path, name=path.name)
    wrong = {"line": 2, "field": "used_at", "detail": "It has no day."}
    sent = taken(world, IntakeFile.objects.latest("pk"), errors=[wrong], error_count=1)
    sent.line_count, sent.refused_count = sent.line_count + 1, 1
    sent.save()
    return sent


def listed(client, query: str = "") -> list[dict[str, str]]:
    file = client.get(f"{PAGE}?export=csv&{query}").content.decode()
    return list(csv.DictReader(io.StringIO(file)))


def test_refused_files_are_listed_with_whose_they_are_and_the_first_fault(desk, world, tmp_path):
    assert "Nothing was refused" in text(desk.olga.get(PAGE))
    whole, part = refused(world), taken_in_part(world, tmp_path)
    assert listed(desk.olga, "refused=whole") == [
        {
            "file": "october.ndjson",
            "id": str(whole.pk),
            "platform": "Acme Music AI",
            "kind": "usage",
            "received_on": f"{whole.received_at:%Y-%m-%d}",
            "state": "whole",
            "faults": "4",
            "first_fault": "It must be a whole number, not -1.",
        }
    ]
    (in_part,) = listed(desk.olga, "refused=lines")
    assert (in_part["id"], in_part["first_fault"]) == (str(part.pk), "It has no day.")
    assert len(listed(desk.olga, f"kind=usage&platform={world.platform.pk}")) == 2
    assert "No refused file is like that" in text(desk.olga.get(f"{PAGE}?kind=revenue"))
    assert reads(desk.olga, PAGE) <= 14


def test_a_file_says_what_is_wrong_line_by_line(desk, world, tmp_path):
    whole, part = refused(world), taken_in_part(world, tmp_path)
    said = text(desk.olga.get(f"{PAGE}{whole.pk}/"))
    assert "Nothing of it counts until the platform mends it and sends it again." in said
    assert "3 count It must be a whole number, not -1." in said
    assert "3 more were counted and not kept." in said
    said = text(desk.vera.get(f"{PAGE}{part.pk}/"))
    assert "studio-2026 2026-10: 1 line counts there." in said
    assert "2 used_at It has no day." in said
    file = desk.olga.get(f"{PAGE}{part.pk}/?export=csv").content.decode()
    assert file == "line,field,detail\r\n2,used_at,It has no day.\r\n"


def test_a_fault_of_the_whole_file_and_hostile_words_are_shown_as_they_are(desk, world):
    sent = refused(world, name="<b>.ndjson")
    sent.errors = [{"detail": "<script>x</script>"}]
    sent.save()
    page = desk.olga.get(f"{PAGE}{sent.pk}/")
    assert "the file – <script>x</script>" in text(page)
    assert "<script>x" not in page.content.decode()
    assert "<b>.ndjson" not in desk.olga.get(PAGE).content.decode()


def test_the_result_by_line_is_taken_along_where_there_is_one(desk, world):
    without, sent = refused(world), refused(world, result_name="intake/refused.ndjson.gz")
    put(sent.result_name, gzip.compress(b'{"line":3}'))
    answer = desk.olga.get(f"{PAGE}{sent.pk}/result/")
    assert gzip.decompress(b"".join(answer.streaming_content)) == b'{"line":3}'
    assert "3 more are in the result by line." in text(desk.olga.get(f"{PAGE}{sent.pk}/"))
    assert desk.olga.get(f"{PAGE}{without.pk}/result/").status_code == 404
    default_storage.delete(sent.result_name)


def test_what_was_taken_whole_is_no_refused_file_and_others_see_none(desk, world, tmp_path):
    path = ndjson(tmp_path / "good.ndjson", [usage_line(2, "U1", "G1", 1)])
    intake.take_usage(platform=world.platform, source=path, name=path.name)
    good = taken(world, IntakeFile.objects.latest("pk"))
    sent = refused(world)
    for pk in (good.pk, uuid4()):
        assert desk.olga.get(f"{PAGE}{pk}/").status_code == 404
    for client in (desk.rita, desk.paul):
        assert client.get(PAGE).status_code == 403
        assert client.get(f"{PAGE}{sent.pk}/").status_code == 404


def test_exceptions_lead_to_the_file(desk, world):
    sent = refused(world)
    assert f"{PAGE}{sent.pk}/" in desk.olga.get("/exceptions/").content.decode()


def test_a_file_that_was_sent_anew_and_taken_waits_no_more(desk, world, tmp_path):
    whole = refused(world)
    sentence = f"the file {whole.name} was refused"
    assert sentence in text(desk.olga.get("/exceptions/"))
    path = ndjson(tmp_path / whole.name, [usage_line(1, "U1", "G1", 1)])
    intake.take_usage(platform=world.platform, source=path, name=path.name)
    taken(world, IntakeFile.objects.latest("pk"), name=whole.name)
    assert sentence not in text(desk.olga.get("/exceptions/"))
    assert listed(desk.olga), "it stays among the refused files"
