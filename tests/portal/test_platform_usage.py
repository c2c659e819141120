"""What a platform reported, as its people see it: by day, by file, by line."""

import gzip

import pytest
from django.core.files.storage import default_storage

from common.storage import put
from royalty.models import EventKind, FileFormat, IntakeFile, SentFile
from royalty.services import intake
from tests.portal.people import text
from tests.portal.test_effort import reads
from tests.royalty.cast import ndjson, usage_line
from tests.royalty.payees import open_month

pytestmark = pytest.mark.django_db


def sent_file(month, **fields: object) -> SentFile:
    usual = {
        "platform": month.platform,
        "kind": EventKind.USAGE,
        "format": FileFormat.NDJSON,
        "name": "october.ndjson",
        "sha256": "a" * 64,
        "size_bytes": 1200,
    }
    return SentFile.objects.create(**usual | fields)


def taken(month, file: IntakeFile, **fields: object) -> SentFile:
    counts = {
        "line_count": file.line_count,
        "new_count": file.new_count,
        "known_count": file.known_count,
        "refused_count": file.refused_count,
    }
    ended = {"outcome": "taken", "file": file, "finished_at": file.received_at}
    return sent_file(month, kind=file.kind, **counts, **ended, **fields)


def refused(month, **fields: object) -> SentFile:
    wrong = {"line": 3, "field": "count", "detail": "It must be a whole number, not -1."}
    return sent_file(
        month,
        outcome="refused",
        refused_count=1,
        errors=[wrong],
        error_count=4,
        finished_at="2026-11-01T00:00:00Z",
        **fields,
    )


def test_reports_stand_by_day_and_add_up(people, month):
    page = people.pia.get("/usage/", {"period": str(month.period.pk)})
    said = text(page)
    assert "Studio 2026, October 2026" in said
    assert page.context["total"].uses == 40
    assert "Together 40 40.00 0" in said
    assert "Closed: what still comes for it must be marked late" in said


def test_on_a_phone_each_amount_bears_the_name_of_its_kind(people, month):
    body = people.pia.get("/usage/", {"period": str(month.period.pk)}).content.decode()
    day_labels = body.split("<tbody>")[1].split("</tbody>")[0].count('data-label="subscriptions')
    assert day_labels > 0
    assert body.count('data-label="subscriptions') == day_labels + 1  # and the sum below


def test_the_period_that_is_under_way_is_shown_first(people, month):
    later = open_month(month)
    assert people.pia.get("/usage/").context["period"] == later
    assert "Nothing was reported for this period yet" in text(people.pia.get("/usage/"))


def test_a_file_says_what_counts_and_where(people, month):
    file = IntakeFile.objects.filter(kind="usage").earliest("pk")
    sent = taken(month, file)
    page = people.pia.get(f"/usage/{sent.pk}/")
    assert [(each.period, each.lines, each.is_late) for each in page.context["counted"]] == [
        (month.period, 5, False)
    ]
    assert "Studio 2026, October 2026: 5" in text(page)
    assert "Its events count." in text(page)


def test_late_lines_are_told_from_those_in_time(people, month, tmp_path):
    path = ndjson(tmp_path / "late.ndjson", [usage_line(90, "U1", "G1", 2)])
    intake.take_usage(platform=month.platform, source=path, name=path.name, is_late=True)
    sent = taken(month, IntakeFile.objects.latest("pk"), is_late=True)
    (counted,) = people.pia.get(f"/usage/{sent.pk}/").context["counted"]
    assert (counted.period, counted.lines, counted.is_late) == (month.period, 1, True)
    assert "They count once the period is restated" in text(people.pia.get(f"/usage/{sent.pk}/"))


def test_what_was_refused_says_why_by_line(people, month):
    sent = refused(month)
    said = text(people.pia.get(f"/usage/{sent.pk}/"))
    assert "3 count It must be a whole number, not -1." in said
    assert "3 more are in the result by line" in said
    assert "Nothing of it counts" in said


def test_the_result_by_line_is_downloaded_where_there_is_one(people, month):
    without, sent = refused(month), refused(month, result_name="intake/result.ndjson.gz")
    put(sent.result_name, gzip.compress(b'{"line":3}'))
    answer = people.pia.get(f"/usage/{sent.pk}/result/")
    assert gzip.decompress(b"".join(answer.streaming_content)) == b'{"line":3}'
    assert people.pia.get(f"/usage/{without.pk}/result/").status_code == 404
    default_storage.delete(sent.result_name)


def test_what_was_sent_is_searched(people, month):
    file = IntakeFile.objects.filter(kind="usage").earliest("pk")
    rows = {"taken": taken(month, file), "refused": refused(month, kind="revenue")}

    def found(**asked: str) -> set[str]:
        listed = {sent.pk for sent, _ in people.pia.get("/usage/", asked).context["files"]}
        return {name for name, row in rows.items() if row.pk in listed}

    assert found() == set(rows)
    assert found(kind="revenue") == {"refused"}
    assert found(status="taken") == {"taken"}
    assert found(kind="usage", status="refused") == set()
    assert found(status="nonsense", kind="nonsense") == set(rows)


def test_others_see_nothing_of_it(people, month):
    sent = refused(month, result_name="intake/result.ndjson.gz")
    for other in (people.ada, people.oda):
        assert other.get("/usage/").status_code == 403
        assert other.get(f"/usage/{sent.pk}/").status_code == 404
    assert people.nobody.get("/usage/").url.startswith("/sign-in/")


def test_more_files_take_no_more_reads(people, month):
    before = reads(people.pia, "/usage/")
    for _ in range(5):
        refused(month)
    assert reads(people.pia, "/usage/") <= before + 1
    assert before <= 12
