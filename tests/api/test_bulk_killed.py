"""Whoever dies while a file is taken in leaves nothing or everything; two at once count once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from django.utils import timezone

from common.jobs.models import Job
from royalty.models import IntakeFile, SentFile, UsageEvent
from royalty.services import intake
from royalty.services.intake.bulk import take_handed_in
from tests.api.conftest import acme_world, caller_for, problem
from tests.api.uploaded import do, hand_in, lines, result_of, sealed
from tests.royalty.cast import ndjson, usage_line
from tests.simulation.killing import process_killed

MANY = [usage_line(n, f"U{n % 7}", "G1", 1 + n % 3) for n in range(300)]
# What a worker is about to do when it is killed; all of it is one transaction.
POINTS = {
    "before its first line": ("CREATE TEMPORARY TABLE intake_line", 1),
    "when all lines are staged": ("CREATE TEMPORARY TABLE staged", 1),
    "before they count": ("INSERT INTO royalty_usageevent", 1),
    "when they count, before their file is known": ('INSERT INTO "royalty_intakefile"', 1),
    "before the result is in its place": ("a file", 1),
    "before the platform can know": ('UPDATE "royalty_sentfile"', 1),
    "before the platform is told": ('INSERT INTO "webhooks_event"', 1),
}
AFTER_THE_COMMIT = ('UPDATE "jobs_job"', 2)  # the first one claims the job


@pytest.fixture
def acme(committed_db):
    world = acme_world()
    return caller_for(world.platform.organisation), world.platform.organisation


def forget_the_dead() -> None:
    """The silence of a killed worker, over at once; and as if it had been its first attempt."""
    long_ago = timezone.now() - timedelta(minutes=5)
    Job.objects.update(heartbeat_at=long_ago, attempt=0)


@pytest.mark.slow
def test_a_worker_killed_at_any_point_leaves_nothing_and_the_next_one_counts_exactly(acme):
    caller, organisation = acme
    upload = sealed(organisation, lines(MANY))
    document = hand_in(caller, upload, result="all").json()
    job_id, root = SentFile.objects.get().job_id, Path(settings.UPLOAD_ROOT)
    for name, point in POINTS.items():
        assert process_killed(point, do, job_id, root), name
        assert not UsageEvent.objects.exists(), name
        assert not IntakeFile.objects.exists(), name
        assert SentFile.objects.get().outcome == SentFile.Outcome.PENDING, name
        assert upload.path.exists(), name
        forget_the_dead()
    assert process_killed(AFTER_THE_COMMIT, do, job_id, root)
    counted = sum(UsageEvent.objects.values_list("count", flat=True))
    assert counted == sum(line["count"] for line in MANY)
    forget_the_dead()
    do(job_id, root)
    document = caller.get(f"intake-files/{document['id']}").json()
    assert [document[name] for name in ("status", "events", "new")] == ["taken", 300, 300]
    assert [each["outcome"] for each in result_of(caller, document)] == ["new"] * 300
    assert UsageEvent.objects.count() == 300


def test_two_files_with_the_same_events_at_once_count_each_once(acme):
    caller, organisation = acme
    for content in (lines(MANY), lines(MANY[::-1]), lines(MANY[:100])):
        hand_in(caller, sealed(organisation, content))
    ids = list(SentFile.objects.values_list("pk", flat=True))
    at_once([ids[0], ids[1], ids[2], ids[0]])  # one of them by two workers
    assert UsageEvent.objects.count() == 300
    taken = SentFile.objects.all()
    assert sum(sent.new_count for sent in taken) == 300
    assert sum(sent.known_count for sent in taken) == 400
    assert IntakeFile.objects.count() == 3


def at_once(ids) -> None:
    def take(sent_id) -> None:
        try:
            take_handed_in(sent_id, lambda *_: None)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(ids)) as pool:
        list(pool.map(take, ids))


def test_a_request_of_many_events_does_not_wait_for_long_while_a_file_is_counted(
    acme, tmp_path, monkeypatch
):
    monkeypatch.setattr("royalty.api.intake.MOST_WAIT_SECONDS", 1)
    caller, organisation = acme
    platform = organisation.platform
    path = ndjson(tmp_path / "held.ndjson", MANY[:5])

    def send():
        try:
            return caller.post_lines("usage", MANY[7:9])
        finally:
            connections.close_all()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        intake.take_usage(platform=platform, source=path, name="held")
        answer = pool.submit(send).result()
    assert problem(answer, 409, "intake-busy")["detail"]
    assert answer["Retry-After"] == "1"
    assert caller.post_lines("usage", MANY[7:9]).status_code == 201
