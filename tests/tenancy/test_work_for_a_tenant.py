"""Workers do a job as whoever asked for it: they see that tenant's rows, and write as it."""

from pathlib import Path

import pytest
from django.db import DatabaseError, connection

from common.database import tenancy
from common.jobs import dispatch, registry, runner
from common.jobs.models import Job
from config.embedded.places import places
from config.embedded.worker import running_worker
from royalty.models import Statement
from tests.jobs.test_real_worker import finished, wait_for

NAMES = ("acme", "ada", "bea", "dora", "system")
in_this_process = pytest.mark.usefixtures("undone", "handlers")
SEEN = {"acme": [], "ada": ["A"], "bea": ["B", "B"], "dora": [], "system": ["A", "B", "C", "B"]}


def parties() -> list[str]:
    return list(Statement.objects.order_by("pk").values_list("party__ref", flat=True))


@pytest.fixture
def handlers(town, monkeypatch):
    """Kinds of jobs that exist for these tests alone."""

    def look(payload, progress):
        progress(1, 2, "looking")
        return {
            "parties": list(Statement.objects.order_by("pk").values_list("party__ref", flat=True))
        }

    def meddle(payload, progress):
        return {"changed": Statement.objects.update(rendered_at=None)}

    def lose(payload, progress):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return {}

    def refuse(payload, progress):
        raise registry.JobError("there is nothing to see")

    def ask(payload, progress):
        return {"job": str(dispatch.enqueue("look", {}).pk)}

    kinds = {"look": look, "meddle": meddle, "lose": lose, "refuse": refuse, "ask": ask}
    monkeypatch.setattr(registry, "_HANDLERS", kinds)


def asked(town, name: str, kind: str, **options) -> Job:
    with tenancy.acting_as(town.tenant(name)):
        return dispatch.enqueue(kind, {}, **options)


@in_this_process
@pytest.mark.parametrize("name", NAMES)
def test_a_job_sees_what_its_tenant_sees(town, name):
    done = runner.run(asked(town, name, "look").pk)
    assert (done.status, done.error) == (Job.Status.SUCCEEDED, "")
    assert done.result == {"parties": SEEN[name]}
    assert done.progress_note == "looking", "progress is written as the tenant"
    assert tenancy.current() == tenancy.SYSTEM


@in_this_process
def test_a_job_writes_no_more_than_its_tenant_may(town):
    assert runner.run(asked(town, "ada", "meddle").pk).result == {"changed": 0}
    assert runner.run(asked(town, "system", "meddle").pk).result == {"changed": 4}


@in_this_process
@pytest.mark.parametrize("kind", ["refuse", "no such kind"])
def test_a_job_that_fails_leaves_the_worker_as_it_was(town, kind):
    assert runner.run(asked(town, "ada", kind).pk).status == Job.Status.FAILED
    assert tenancy.current() == tenancy.SYSTEM
    assert runner.run(asked(town, "bea", "look").pk).result == {"parties": SEEN["bea"]}


@in_this_process
def test_what_a_job_asks_for_is_its_tenants_too(town):
    done = runner.run(asked(town, "ada", "ask").pk)
    assert Job.objects.get(pk=done.result["job"]).tenant == town.tenant("ada")


@in_this_process
def test_the_same_key_of_two_tenants_is_two_jobs(town):
    ada, bea = (asked(town, name, "look", key="mine") for name in ("ada", "bea"))
    assert ada.pk != bea.pk
    assert asked(town, "ada", "look", key="mine").pk == ada.pk
    runner.run(ada.pk)
    with tenancy.acting_as(town.tenant("bea")):
        assert list(Job.objects.filter(key="mine")) == [bea]


@in_this_process
def test_a_tenant_queues_its_failed_job_anew(town):
    job = asked(town, "ada", "refuse", key="again")
    runner.run(job.pk)
    again = asked(town, "ada", "refuse", key="again")
    assert (again.pk, again.status) == (job.pk, Job.Status.QUEUED)


@in_this_process
def test_what_nobody_asks_for_is_refused_before_it_is_a_job(town):
    before = Job.objects.count()
    with pytest.raises(ValueError, match="Nobody asks for 'look', so it would see nothing"):
        asked(town, "nobody", "look")
    assert Job.objects.count() == before


@in_this_process
def test_a_job_without_a_tenant_cannot_be_written(town):
    with pytest.raises(DatabaseError, match="somebody_asks_for_a_job"):
        Job.objects.create(kind="look", tenant="")


@pytest.mark.usefixtures("handlers")
def test_a_job_that_lost_its_connection_is_queued_again_and_the_worker_is_system(town):
    job = asked(town, "ada", "lose")
    done = runner.run(job.pk)
    assert (done.status, done.attempt) == (Job.Status.QUEUED, 1)
    assert "terminating connection" in done.error
    assert tenancy.current() == tenancy.SYSTEM


@pytest.mark.slow
def test_a_worker_process_does_each_job_as_its_tenant(town, broker_url, tmp_path):
    database = connection.settings_dict["NAME"]
    environment = {
        "DATABASE_URL": places().url("tantieme_app", database),
        "DATABASE_OWNER_URL": places().url("tantieme_owner", database),
        "CELERY_BROKER_URL": broker_url,
        "SECRET_KEY": "of the tests",
        "PYTHONPATH": str(Path(__file__).parents[1] / "jobs"),
        "DJANGO_SETTINGS_MODULE": "worker_settings",
    }
    jobs = [(name, asked(town, name, "slow.look")) for name in NAMES * 2]
    Job.objects.update(woken_at=None)  # the town sends no messages: the sweep finds them
    with running_worker(tmp_path, concurrency=1, extra=environment):
        wait_for(lambda: all(finished(job) for _, job in jobs))
    for name, job in jobs:
        assert job.result == {"tenant": town.tenant(name), "parties": SEEN[name]}, job.error
