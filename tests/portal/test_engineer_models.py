"""What engineers see of models, training sets and the work on them."""

from datetime import timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from accounts.models import Organisation
from attribution.models import FeatureStore
from attribution.selectors.attributions import KIND
from catalog.models import Checkpoint, ModelVersion, Platform
from common.jobs.models import Job
from portal.engineer.pace import Pace, cost_of
from tests.portal.people import signed_in, text
from tests.portal.test_effort import reads

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def version(month) -> ModelVersion:
    found = ModelVersion.objects.get()
    Checkpoint.objects.create(
        model_version=found, member="seed-0", step=100, sha256="c" * 64, path="p", metrics={"l": 1}
    )
    return found


def job(month, **fields: object) -> Job:
    usual = {"kind": KIND, "tenant": month.platform.organisation.tenant, "key": str(month.run.pk)}
    return Job.objects.create(**usual | fields)


def running(**fields: object) -> Pace:
    usual = {
        "kind": KIND,
        "status": "running",
        "created_at": NOW - timedelta(seconds=110),
        "started_at": NOW - timedelta(seconds=100),
        "heartbeat_at": NOW,
        "progress_done": 50,
        "progress_total": 200,
    }
    return Pace(Job(**usual | fields), NOW)


def test_a_job_at_work_has_a_rate_and_a_remaining_time():
    pace = running()
    assert pace.per_second == pytest.approx(0.5)
    assert pace.remaining_seconds == pytest.approx(300)
    assert pace.part_permille == 250


@pytest.mark.parametrize(
    "fields",
    [{"progress_done": 0}, {"started_at": NOW}, {"status": "queued"}, {"status": "failed"}],
)
def test_a_rate_is_not_guessed(fields):
    pace = running(**fields)
    assert pace.per_second is None
    assert pace.remaining_seconds is None


def test_a_dead_worker_is_told_from_a_slow_one():
    silent = running(heartbeat_at=NOW - timedelta(seconds=60))
    assert silent.is_silent
    assert silent.remaining_seconds is None
    assert silent.worker_seconds == pytest.approx(40), "until its last sign of life"
    assert not running(progress_done=1).is_silent


def test_time_costs_what_the_installation_says():
    with override_settings(WORKER_HOUR_CENTS=0):
        assert cost_of([running()]).cents is None
    with override_settings(WORKER_HOUR_CENTS=360):
        assert cost_of([running(), running()]).cents == 20
        assert cost_of([running(started_at=NOW - timedelta(seconds=1))]).cents == 1, "never free"


def test_a_model_shows_its_weights_by_hash_and_what_it_was_trained_on(people, version):
    assert version.ref in text(people.pia.get("/engineer/"))
    page = text(people.pia.get(f"/engineer/models/{version.pk}/"))
    assert "c" * 64 in page
    said = text(people.pia.get(f"/engineer/models/{version.pk}/training-set/"))
    assert "d" * 64 in said
    assert "Song T2" in said
    assert "Party" not in said


@pytest.mark.parametrize(
    ("kind", "starts"), [("csv", b"position,"), ("ndjson", b"{"), ("summary-md", b"#")]
)
def test_a_training_set_is_downloaded(people, version, kind, starts):
    answer = people.pia.get(f"/engineer/models/{version.pk}/training-set/{kind}/")
    assert answer.status_code == 200
    assert answer.content.startswith(starts)
    assert "attachment" in answer["Content-Disposition"]


def test_a_form_that_is_none_is_not_found(people, version):
    for kind in ("exe", "summary-exe", "summary-"):
        path = f"/engineer/models/{version.pk}/training-set/{kind}/"
        assert people.pia.get(path).status_code == 404


def test_work_is_followed_and_what_failed_is_tried_again(people, month):
    failed = job(month, status="failed", error="The disk is full.", attempt=3)
    page = people.pia.get("/engineer/runs/")
    assert "The disk is full." in text(page)
    assert f"/engineer/jobs/{failed.pk}/retry/" in page.content.decode()
    assert people.pia.post(f"/engineer/jobs/{failed.pk}/retry/").status_code == 302
    failed.refresh_from_db()
    assert (failed.status, failed.attempt, failed.error) == ("queued", 0, "")
    again = people.pia.post(f"/engineer/jobs/{failed.pk}/retry/", follow=True)
    assert "It has not failed" in text(again)


def test_only_the_moving_part_is_asked_for_again(people, month):
    job(month, status="running", started_at=timezone.now(), heartbeat_at=timezone.now())
    whole = people.pia.get("/engineer/runs/").content.decode()
    part = people.pia.get("/engineer/runs/", headers={"HX-Request": "true"}).content.decode()
    assert 'hx-trigger="every' in whole
    assert part.startswith('<section id="jobs"')
    Job.objects.update(status="failed")
    assert 'hx-trigger="every' not in people.pia.get("/engineer/runs/").content.decode()


def test_other_jobs_are_nobodys_to_retry_here(people, month):
    other = job(month, kind="royalty.render", status="failed")
    strange = job(month, tenant="organisation:999", status="failed", key="x")
    for one in (other, strange):
        assert people.pia.post(f"/engineer/jobs/{one.pk}/retry/").status_code == 404
    assert people.oda.post(f"/engineer/jobs/{strange.pk}/retry/").status_code == 302


def test_another_platforms_models_do_not_exist(people, month, version):
    bolt = Organisation.objects.create(name="Bolt people", kind="platform")
    Platform.objects.create(code="bolt", name="Bolt", organisation=bolt)
    bob = signed_in("bob@example.org", bolt)
    failed = job(month, status="failed")
    assert "No model yet" in text(bob.get("/engineer/"))
    paths = [
        f"/engineer/models/{version.pk}/",
        f"/engineer/models/{version.pk}/training-set/",
        f"/engineer/models/{version.pk}/training-set/csv/",
        f"/engineer/runs/{month.run.pk}/",
        f"/engineer/compare/?first={month.run.pk}&second={month.run.pk}",
    ]
    for path in paths:
        assert people.pia.get(path).status_code == 200, path
        assert people.oda.get(path).status_code == 200, path
        assert bob.get(path).status_code == 404, path
    assert people.ada.get(paths[0]).status_code == 404
    assert people.ada.get("/engineer/").status_code == 403
    assert bob.post(f"/engineer/jobs/{failed.pk}/retry/").status_code == 404
    assert str(failed.pk) not in bob.get("/engineer/runs/").content.decode()


def test_a_model_whose_features_are_being_computed_says_how_far(people, month, version):
    store = FeatureStore.objects.get()
    for number, status in enumerate(("succeeded", "running", "failed")):
        job(
            month,
            kind="attribution.capture",
            key=f"{store.pk}:1:{number}",
            payload={"segments": 100},
            status=status,
            progress_done=50,
            error="" if status != "failed" else "It broke.",
        )
    said = text(people.pia.get(f"/engineer/models/{version.pk}/"))
    assert "It broke." in said
    Job.objects.filter(status="failed").update(status="running")
    assert "200 of 300 segments" in text(people.pia.get(f"/engineer/models/{version.pk}/"))


def test_pages_take_few_reads(people, month, version):
    assert reads(people.pia, "/engineer/") <= 6
    assert reads(people.pia, "/engineer/runs/") <= 9
    assert reads(people.pia, f"/engineer/models/{version.pk}/") <= 14
    assert reads(people.pia, f"/engineer/models/{version.pk}/training-set/") <= 11
