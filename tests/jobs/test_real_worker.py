"""Jobs through a real broker and a real worker process, which dies in the middle."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from django.utils import timezone

from common.database.tenancy import SYSTEM
from common.jobs import dispatch
from common.jobs.models import DEAD_AFTER, Job
from config.embedded.places import places
from config.embedded.worker import memory_bytes, running_worker, stop_worker


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


@pytest.fixture
def worker_environment(committed_db, broker_url) -> dict[str, str]:
    """The worker uses this test's database and broker, and knows one slow kind of job more."""
    return {
        "DATABASE_URL": places().url("tantieme_app", committed_db),
        "DATABASE_OWNER_URL": places().url("tantieme_owner", committed_db),
        "CELERY_BROKER_URL": broker_url,
        "SECRET_KEY": "of the tests",
        "PYTHONPATH": str(Path(__file__).parent),
        "DJANGO_SETTINGS_MODULE": "worker_settings",
    }


def finished(job: Job) -> bool:
    job.refresh_from_db()
    return job.is_finished


def bury_the_dead() -> None:
    """Let the silence of the killed workers be as long as it takes to be noticed."""
    long_ago = timezone.now() - 2 * DEAD_AFTER
    Job.objects.filter(status=Job.Status.RUNNING).update(heartbeat_at=long_ago, woken_at=long_ago)


@pytest.mark.slow
def test_a_real_worker_does_the_job_in_another_process(worker_environment, tmp_path):
    with running_worker(tmp_path, concurrency=1, extra=worker_environment) as worker:
        job = dispatch.enqueue("slow.work", {}, queue="documents")
        wait_for(lambda: finished(job))
        assert job.status == Job.Status.SUCCEEDED, job.error
        assert job.result["pid"] in {child.pid for child in worker.children()}
        assert memory_bytes(worker) > 10_000_000
    assert not worker.is_running()


@pytest.mark.slow
def test_a_job_whose_message_was_lost_is_found_by_the_sweep(worker_environment, tmp_path):
    job = Job.objects.create(tenant=SYSTEM, kind="slow.work")
    with running_worker(tmp_path, concurrency=1, extra=worker_environment):
        wait_for(lambda: finished(job))
    assert job.status == Job.Status.SUCCEEDED, job.error


@pytest.mark.slow
def test_a_job_whose_worker_is_killed_is_done_by_the_next_one(worker_environment, tmp_path):
    job = dispatch.enqueue("slow.work", {"first_attempt_marker": str(tmp_path / "seen")})
    with running_worker(tmp_path, concurrency=1, extra=worker_environment) as worker:
        wait_for((tmp_path / "seen").exists)
        for process in [*worker.children(recursive=True), worker]:
            process.kill()
        psutil.wait_procs([worker], timeout=10)
    bury_the_dead()
    with running_worker(tmp_path, concurrency=1, extra=worker_environment):
        wait_for(lambda: finished(job), seconds=90)
    assert (job.status, job.attempt) == (Job.Status.SUCCEEDED, 2), job.error


@pytest.mark.slow
def test_a_worker_left_behind_by_a_killed_run_is_ended(worker_environment, tmp_path):
    with running_worker(tmp_path, concurrency=1, extra=worker_environment) as left_behind:
        with running_worker(tmp_path, concurrency=1, extra=worker_environment) as fresh:
            assert not left_behind.is_running() or left_behind.status() == psutil.STATUS_ZOMBIE
            assert fresh.is_running()
        assert not stop_worker(tmp_path), "nothing is left to stop"


@pytest.mark.slow
def test_a_workers_lines_name_the_job_and_the_attempt(worker_environment, tmp_path):
    own = worker_environment | {"LOG_LEVEL": "INFO", "LOG_FORMAT": "json"}
    with running_worker(tmp_path, concurrency=1, extra=own):
        job = dispatch.enqueue("slow.work", {}, queue="documents")
        wait_for(lambda: finished(job))
        wait_for(lambda: "The job is succeeded." in (tmp_path / "worker.log").read_text())
    written = (tmp_path / "worker.log").read_text().splitlines()
    lines = [json.loads(line) for line in written if line.startswith("{")]
    (line,) = [line for line in lines if line["message"] == "The job is succeeded."]
    assert (line["job"], line["kind"], line["attempt"]) == (str(job.pk), "slow.work", 1)
