"""What is reported twice counts once, in one file or two, one after the other or at once."""

import io
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection

from royalty.models import IntakeFile, RevenueEvent, UsageEvent
from royalty.services import intake
from tests.royalty.attacker import execute
from tests.royalty.cast import (
    EURO,
    ndjson,
    revenue_line,
    revenue_lines,
    usage_line,
    usage_lines,
    worked_example,
)


@pytest.mark.django_db
def test_a_file_is_taken_whole(world, take):
    report = take(world, "usage", usage_lines())
    assert (report.line_count, report.new_count, report.known_count) == (5, 5, 0)
    assert not report.was_taken_before
    event = UsageEvent.objects.get(event_id="use-0")
    assert (event.subscriber, event.generation, event.count) == ("U1", world.generations["G1"], 2)
    assert event.used_at == datetime(2026, 10, 1, 12, tzinfo=UTC)
    assert event.intake_file == report.file == IntakeFile.objects.get()


@pytest.mark.django_db
def test_revenue_is_kept_in_atoms(world, take):
    take(world, "revenue", [revenue_line("U1", "9.99"), revenue_line("U2", "20")])
    amounts = RevenueEvent.objects.order_by("event_id").values_list("amount_atoms", flat=True)
    assert list(amounts) == [999 * EURO // 100, 20 * EURO]


@pytest.mark.django_db
def test_the_same_file_again_changes_nothing_and_says_so(world, take):
    first = take(world, "usage", usage_lines())
    again = take(world, "usage", usage_lines(), "renamed.ndjson")
    assert again.was_taken_before
    assert (again.file, again.new_count, again.known_count) == (first.file, 0, 5)
    assert UsageEvent.objects.count() == 5


@pytest.mark.django_db
def test_known_events_in_a_new_file_are_skipped_and_counted(world, take):
    take(world, "usage", usage_lines(), "first.ndjson")
    report = take(world, "usage", [*usage_lines(), usage_line(9, "U1", "G1", 1)], "second.ndjson")
    assert (report.new_count, report.known_count, report.was_taken_before) == (1, 5, False)
    assert UsageEvent.objects.count() == 6


@pytest.mark.django_db
def test_an_event_twice_in_a_file_counts_once(world, take):
    report = take(world, "usage", [usage_lines()[0]] * 3)
    assert (report.line_count, report.new_count, report.known_count) == (3, 1, 2)


@pytest.mark.django_db
def test_the_same_event_id_of_another_platform_is_another_event(world, take):
    take(world, "usage", usage_lines())
    with pytest.raises(IntegrityError, match="a_use_counts_once"):
        execute(
            "INSERT INTO royalty_usageevent (platform_id, event_id, service, generation_id,"
            " subscriber, used_at, count, intake_file_id)"
            " SELECT platform_id, event_id, service, generation_id, subscriber, used_at, count,"
            " intake_file_id FROM royalty_usageevent"
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "spelling",
    [
        lambda line: json.dumps(line) + "\n",
        lambda line: json.dumps(line) + "\r\n",
        lambda line: "\ufeff" + json.dumps(line) + "\n",
        lambda line: "\n\n" + json.dumps(line),
        lambda line: json.dumps(line | {"used_at": "2026-10-02T14:00:00+02:00"}, indent=None),
    ],
)
def test_harmless_spellings_are_the_same_event(world, take, spelling):
    line = usage_line(1, "U1", "G1", 1)
    take(world, "usage", [line], "plain.ndjson")
    stream = io.BytesIO(spelling(line).encode())
    report = intake.take_usage(platform=world.platform, source=stream, name="spelled")
    assert (report.new_count, report.known_count) == (0, 1)


def at_once(world, paths):
    def run(path):
        try:
            return intake.take_usage(platform=world.platform, source=path, name=path.name)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(paths)) as pool:
        return list(pool.map(run, paths))


def test_the_same_file_sent_twice_at_once_counts_once(committed_db, tmp_path):
    world = worked_example()
    path = ndjson(tmp_path / "usage.ndjson", usage_lines())
    reports = at_once(world, [path] * 4)
    assert sorted(report.new_count for report in reports) == [0, 0, 0, 5]
    assert sum(report.was_taken_before for report in reports) == 3
    assert UsageEvent.objects.count() == 5
    assert IntakeFile.objects.count() == 1


def test_files_that_share_events_count_them_once_when_sent_at_once(committed_db, tmp_path):
    world = worked_example()
    lines = [usage_line(n, f"U{n}", "G1", 1) for n in range(400)]
    paths = [
        ndjson(tmp_path / "up.ndjson", lines),
        ndjson(tmp_path / "down.ndjson", lines[::-1]),
        ndjson(tmp_path / "half.ndjson", lines[:200]),
    ]
    reports = at_once(world, paths)
    assert sum(report.new_count for report in reports) == 400
    assert sum(report.known_count for report in reports) == 600
    assert UsageEvent.objects.count() == 400


@pytest.mark.django_db
def test_revenue_again_is_harmless_too(world, take):
    take(world, "revenue", revenue_lines(), "first.ndjson")
    report = take(world, "revenue", [*revenue_lines(), revenue_line("U4", "1.00")], "second.ndjson")
    assert (report.new_count, report.known_count) == (1, 3)
