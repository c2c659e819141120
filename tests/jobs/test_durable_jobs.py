"""A job is a row: it survives lost messages and dead workers, and is done once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from common.database.tenancy import SYSTEM
from common.jobs import dispatch, registry, runner
from common.jobs.models import DEAD_AFTER, Job


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """Kinds of jobs that exist for these tests alone, and what they were asked to do."""
    made: list[dict] = []

    def note(payload, progress):
        made.append(payload)
        progress(1, 2, "half")
        return {"said": payload.get("say", "")}

    def refuse(payload, progress):
        raise registry.JobError("the file is empty; send it again")

    def stumble(payload, progress):
        made.append(payload)
        if len(made) < 2:
            raise ConnectionError("the network was away")
        return {}

    def always_stumble(payload, progress):
        raise ConnectionError("still away")

    kinds = {"note": note, "refuse": refuse, "stumble": stumble, "always": always_stumble}
    monkeypatch.setattr(registry, "_HANDLERS", kinds)
    return made


@pytest.fixture(autouse=True)
def woken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The wake-ups that were sent."""
    sent: list[str] = []
    monkeypatch.setattr(
        dispatch.current_app, "send_task", lambda name, args, **_: sent.append(args[0])
    )
    return sent


@pytest.mark.django_db
def test_a_job_runs_and_keeps_its_result(calls):
    job = dispatch.enqueue("note", {"say": "hello"})
    done = runner.run(job.pk)
    assert done.status == Job.Status.SUCCEEDED
    assert done.result == {"said": "hello"}
    assert (done.progress_done, done.progress_total, done.progress_note) == (1, 2, "half")


@pytest.mark.django_db
def test_a_finished_job_is_not_done_again(calls):
    job = dispatch.enqueue("note", {})
    runner.run(job.pk)
    assert runner.run(job.pk) is None
    assert len(calls) == 1


@pytest.mark.django_db
def test_asking_twice_with_one_key_makes_one_job(calls):
    first = dispatch.enqueue("note", {"say": "a"}, key="statement-1")
    second = dispatch.enqueue("note", {"say": "a"}, key="statement-1")
    assert first.pk == second.pk
    assert Job.objects.count() == 1


@pytest.mark.django_db
def test_asking_again_for_a_failed_job_queues_it_anew(calls):
    job = dispatch.enqueue("refuse", {}, key="x")
    assert runner.run(job.pk).status == Job.Status.FAILED
    again = dispatch.enqueue("refuse", {}, key="x")
    assert (again.pk, again.status, again.attempt) == (job.pk, Job.Status.QUEUED, 0)


@pytest.mark.django_db
def test_a_refusal_fails_at_once_with_its_sentence(calls):
    job = dispatch.enqueue("refuse", {})
    done = runner.run(job.pk)
    assert (done.status, done.attempt) == (Job.Status.FAILED, 1)
    assert done.error == "the file is empty; send it again"


@pytest.mark.django_db
def test_a_passing_fault_is_tried_again(calls):
    job = dispatch.enqueue("stumble", {})
    assert runner.run(job.pk).status == Job.Status.QUEUED
    assert runner.run(job.pk).status == Job.Status.SUCCEEDED


@pytest.mark.django_db
def test_a_lasting_fault_ends_after_the_last_attempt_with_its_reason(calls):
    job = dispatch.enqueue("always", {}, max_attempts=2)
    runner.run(job.pk)
    done = runner.run(job.pk)
    assert done.status == Job.Status.FAILED
    assert "still away" in done.error


@pytest.mark.django_db
def test_an_unknown_kind_fails_with_a_sentence(calls):
    job = dispatch.enqueue("brew coffee", {})
    assert "brew coffee" in runner.run(job.pk).error


@pytest.mark.django_db
def test_a_queue_without_workers_is_refused(calls):
    with pytest.raises(ValueError, match="No worker listens"):
        dispatch.enqueue("note", {}, queue="express")


@pytest.mark.django_db
def test_a_silent_worker_loses_its_job_to_another(calls):
    job = dispatch.enqueue("note", {})
    long_ago = timezone.now() - DEAD_AFTER - timedelta(seconds=1)
    Job.objects.filter(pk=job.pk).update(status="running", attempt=1, heartbeat_at=long_ago)
    assert runner.run(job.pk).status == Job.Status.SUCCEEDED


@pytest.mark.django_db
def test_a_job_with_a_beating_heart_is_left_alone(calls):
    job = dispatch.enqueue("note", {})
    Job.objects.filter(pk=job.pk).update(status="running", attempt=1, heartbeat_at=timezone.now())
    assert runner.run(job.pk) is None
    assert calls == []


@pytest.mark.django_db
def test_a_worker_believed_dead_cannot_overwrite_its_successor(calls):
    job = dispatch.enqueue("note", {})
    Job.objects.filter(pk=job.pk).update(status="running", attempt=2, heartbeat_at=timezone.now())
    first_attempt = Job(pk=job.pk, attempt=1)
    runner._finish(first_attempt, Job.Status.FAILED, error="too late")
    assert Job.objects.get(pk=job.pk).status == Job.Status.RUNNING


@pytest.mark.django_db
def test_a_job_whose_workers_all_died_is_failed_not_tried_for_ever(calls):
    job = dispatch.enqueue("note", {}, max_attempts=1)
    long_ago = timezone.now() - DEAD_AFTER - timedelta(seconds=1)
    Job.objects.filter(pk=job.pk).update(status="running", attempt=1, heartbeat_at=long_ago)
    assert runner.run(job.pk) is None
    assert "died" in Job.objects.get(pk=job.pk).error


@pytest.mark.django_db
def test_the_sweep_wakes_what_sleeps_and_nothing_else(calls, woken):
    now = timezone.now()
    silent = now - DEAD_AFTER - timedelta(seconds=1)
    sleeping = Job.objects.create(tenant=SYSTEM, kind="note", woken_at=silent)
    orphan = Job.objects.create(tenant=SYSTEM, kind="note", status="running", heartbeat_at=silent)
    Job.objects.create(tenant=SYSTEM, kind="note", woken_at=now)
    Job.objects.create(tenant=SYSTEM, kind="note", status="running", heartbeat_at=now)
    Job.objects.create(tenant=SYSTEM, kind="note", status="succeeded")
    assert dispatch.sweep(now) == 2
    assert set(woken) == {str(sleeping.pk), str(orphan.pk)}
    assert dispatch.sweep(now) == 0, "a second sweep must not send the same wake-ups again"


@pytest.mark.django_db
def test_a_broker_that_is_away_leaves_the_job_queued(calls, monkeypatch):
    def away(*args, **kwargs):
        raise dispatch.OperationalError("connection refused")

    monkeypatch.setattr(dispatch.current_app, "send_task", away)
    job = Job.objects.create(tenant=SYSTEM, kind="note")
    dispatch.wake(job)
    job.refresh_from_db()
    assert job.status == Job.Status.QUEUED


def test_a_job_of_a_transaction_that_rolls_back_never_was(committed_db, calls, woken):
    with pytest.raises(RuntimeError), transaction.atomic():
        dispatch.enqueue("note", {})
        raise RuntimeError
    assert not Job.objects.exists()
    assert woken == []


def test_a_worker_is_woken_only_after_the_commit(committed_db, calls, woken):
    with transaction.atomic():
        job = dispatch.enqueue("note", {})
        assert woken == []
    assert woken == [str(job.pk)]


def test_of_two_workers_woken_together_one_does_the_job(committed_db, calls):
    job = dispatch.enqueue("note", {})
    barrier = threading.Barrier(4)

    def work():
        barrier.wait()
        runner.run(job.pk)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 1
