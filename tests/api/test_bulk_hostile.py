"""Files that lie: torn, swollen, endless, nested, or of another content than they say."""

import gzip
import json

import pytest

from royalty.models import IntakeFile, UsageEvent
from royalty.services.intake import faults, source
from tests.api.conftest import problem
from tests.api.test_bulk_files import GOOD, counted, send  # noqa: F401 a fixture
from tests.api.uploaded import hand_in, lines, result_of, sealed, work
from tests.royalty.cast import usage_line
from tests.royalty.test_intake_dsr import report

PACKED = gzip.compress(lines(usage_line(n, "U1", "G1", 1) for n in range(500)))
MEBIBYTE = 1 << 20


@pytest.mark.parametrize(
    "content",
    [PACKED[:-9], PACKED[:200], PACKED[:300] + b"\xff" * 99 + PACKED[399:], b"\x1f\x8bnonsense"],
    ids=["without its end", "torn", "altered", "no gzip at all"],
)
@pytest.mark.parametrize("mode", ["all_or_nothing", "good_lines"])
def test_a_damaged_gzip_is_refused_as_a_whole(send, content, mode):  # noqa: F811
    document = send(content, "x.ndjson.gz", mode=mode)
    assert document["status"] == "refused"
    assert "cannot be unpacked" in document["errors"][0]["detail"]
    assert not UsageEvent.objects.exists()


def test_a_small_file_that_unpacks_to_a_huge_one_is_not_unpacked_to_its_end(
    send,  # noqa: F811
    monkeypatch,
):
    monkeypatch.setattr(source, "MAX_FILE_BYTES", 3 * MEBIBYTE)
    swollen = gzip.compress(b" " * (64 * MEBIBYTE))
    assert len(swollen) < MEBIBYTE
    document = send(swollen, "x.ndjson.gz", mode="good_lines")
    assert document["status"] == "refused"
    assert "larger than 3 MiB" in document["errors"][-1]["detail"]


def test_a_file_of_too_many_lines_is_not_read_to_its_end(send, monkeypatch):  # noqa: F811
    monkeypatch.setattr(source, "MAX_LINES", 1000)
    document = send(b"\n" * 1002)
    assert "more than 1,000 lines" in document["errors"][0]["detail"]


def test_a_packed_body_of_a_request_is_not_unpacked_at_all(acme, counts):
    before = counts()
    document = problem(
        acme.send("usage", PACKED, "application/x-ndjson"), 415, "unsupported-media-type"
    )
    assert "upload the packed file" in document["detail"]
    assert counts() == before


STRANGE = {
    "a line that does not end": b'{"event_id": "' + b"x" * (5 * MEBIBYTE),
    "a NUL": json.dumps(GOOD | {"event_id": "a\x00b"}).encode(),
    "bytes of NUL": b"\x00" * 100,
    "nested too deep": b"[" * 4000,
    "half a character": b'{"event_id": "\\ud800"}',
    "no UTF-8": b'{"event_id": "\xff"}',
    "not a number": json.dumps(GOOD | {"count": 1}).encode().replace(b": 1}", b": NaN}"),
}


@pytest.mark.parametrize("name", STRANGE)
def test_a_strange_line_is_named_and_its_neighbours_are_taken(acme, send, name):  # noqa: F811
    content = lines([GOOD]) + STRANGE[name] + b"\n" + lines([usage_line(2, "U1", "G2", 1)])
    assert send(content)["status"] == "refused"
    document = send(content, mode="good_lines", result="all")
    assert counted(document) == ("taken", 3, 2, 0, 1)
    told = [(each["line"], each["outcome"]) for each in result_of(acme, document)]
    assert told == [(1, "new"), (2, "refused"), (3, "new")]


def test_more_faults_than_anybody_wants_end_the_reading(send, monkeypatch):  # noqa: F811
    monkeypatch.setattr(faults, "MOST_KEPT", 250)
    document = send(b"nonsense\n" * 1000, mode="good_lines")
    assert (document["status"], document["refused"]) == ("refused", 250)
    assert len(document["errors"]) == 100


def test_all_faults_are_in_the_result_and_the_first_hundred_in_the_answer(
    acme,
    send,  # noqa: F811
):
    wrong = [usage_line(n, "U1", "nobody's", 1) for n in range(150)] + ["nonsense"] * 50
    document = send(lines(wrong))
    assert (document["error_count"], len(document["errors"])) == (200, 100)
    assert [each["line"] for each in result_of(acme, document)] == list(range(1, 201))


def test_a_file_in_another_form_than_it_says_is_refused_by_its_first_line(send):  # noqa: F811
    document = send(lines([GOOD]), "october.csv")
    assert "is no column" in document["errors"][0]["detail"]
    document = send(lines([GOOD]), "october.tsv")
    assert "first record must be HEAD" in document["errors"][0]["detail"]


@pytest.mark.parametrize("packed", [False, True])
def test_a_dsr_is_taken_whole_and_once(acme, world, packed):
    content = gzip.compress(report(), mtime=0) if packed else report()
    upload = sealed(world.platform.organisation, content, "october.tsv.gz")
    document = hand_in(acme, upload).json()
    work()
    document = acme.get(f"intake-files/{document['id']}").json()
    assert (document["format"], *counted(document)) == ("dsr", "taken", 2, 2, 0, 0)
    again = acme.send("usage", report(body=[]), "text/tab-separated-values")
    assert "never used again" in problem(again, 422, "invalid")["detail"]


def test_a_dsr_comes_as_the_body_of_a_request_too(acme):
    response = acme.send("usage", report(), "text/tab-separated-values")
    assert (response.status_code, response.json()["new"]) == (201, 2)
    problem(
        acme.send("revenue", report(), "text/tab-separated-values"), 415, "unsupported-media-type"
    )
    assert IntakeFile.objects.get().message


def test_a_block_of_a_dsr_that_names_too_much_is_refused(send, monkeypatch):  # noqa: F811
    monkeypatch.setattr("royalty.services.intake.dsr.MOST_RESOURCES", 10)
    body = [f"AS02.03\tB1\tR{n}\tG1" for n in range(12)]
    document = send(report(body=body), "x.tsv")
    assert "more than 10 resources" in document["errors"][0]["detail"]
