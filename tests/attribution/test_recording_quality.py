"""What retraining found of features is kept beside them, as a report of the engine."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from attribution.engine import evaluate, quality_report
from attribution.engine.quality_report import FORMAT
from attribution.models import FeatureStore
from attribution.services import measured
from attribution.services.effort import covered_ppm, worker_seconds
from attribution.services.measured import ReportRefused, record_quality
from common.jobs.models import Job
from tests.royalty.cast import AFTER, worked_example

N_SEEDS, N_SUBSETS, N_QUERIES, N_TRACKS = 3, 8, 4, 6


def retrained() -> dict[str, np.ndarray]:
    """Scores that foretell losses but for the noise of retraining."""
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(N_QUERIES, N_TRACKS))
    subsets = rng.random((N_SUBSETS, N_TRACKS)) < 0.5
    truth = -subsets.astype(float) @ scores.T
    losses = truth + 0.5 * rng.normal(size=(N_SEEDS, N_SUBSETS, N_QUERIES))
    segments = np.arange(N_TRACKS)
    return {"scores": scores, "segment_track": segments, "subsets": subsets, "losses": losses}


@pytest.fixture
def report() -> dict:
    return quality_report("whitened", **retrained(), calibration=[(0.9, 0.84, 1200)])


@pytest.fixture
def world(db):
    made = worked_example()
    FeatureStore.objects.update(digest="d" * 64, sealed_at=AFTER)
    return made


def test_a_report_is_what_the_evaluation_says(report):
    found = retrained()
    losses = found.pop("losses").mean(axis=0)
    alone = evaluate(**found, losses=losses)
    assert report["lds"] == {"value": alone.value, "low": alone.low, "high": alone.high}
    assert 0.5 < report["lds"]["value"] < report["ceiling"] <= 1
    assert (report["subsets"], report["seeds"], report["queries"]) == (8, 3, 4)
    assert FORMAT == measured.FORMAT


def test_one_seed_has_no_ceiling():
    found = retrained()
    found["losses"] = found["losses"][:1]
    assert quality_report("whitened", **found)["ceiling"] is None


def test_a_report_is_kept_with_who_and_when_and_twice_is_once(world, report):
    store = FeatureStore.objects.get()
    for _ in range(2):
        record_quality(store, report, by=world.ann, as_of=AFTER)
    second = record_quality(store, report | {"method": "other"}, by=world.ben, as_of=AFTER)
    store.refresh_from_db()
    assert [(each["method"], each["by"]) for each in store.measured] == [
        ("whitened", "Ann"),
        ("other", "Ben"),
    ]
    assert store.measured[1] == second
    assert store.measured[0]["at"] == AFTER.isoformat()


def test_what_no_run_could_use_is_not_measured(world, report):
    FeatureStore.objects.update(sealed_at=None)
    with pytest.raises(ReportRefused, match="not sealed"):
        record_quality(FeatureStore.objects.get(), report, by=world.ann, as_of=AFTER)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"format": "another"}, "format"),
        ({"method": ""}, "method"),
        ({"method": "m" * 101}, "method"),
        ({"subsets": 2}, "subsets"),
        ({"queries": True}, "queries"),
        ({"lds": 0.4}, "lds"),
        ({"lds": {"value": 0.4, "low": 0.5, "high": 0.6}}, "low"),
        ({"lds": {"value": float("nan"), "low": 0, "high": 1}}, "value"),
        ({"ceiling": 1.5}, "ceiling"),
        ({"calibration": [{"promised": 2, "held": 0, "shares": 1}]}, "promised"),
        ({"calibration": ["x"]}, "point"),
        ({"calibration": [{}] * 51}, "calibration"),
    ],
)
def test_what_is_no_report_is_refused_and_nothing_is_kept(world, report, wrong, said):
    store = FeatureStore.objects.get()
    with pytest.raises(ReportRefused, match=said):
        record_quality(store, report | wrong, by=world.ann, as_of=AFTER)
    store.refresh_from_db()
    assert store.measured is None


def test_the_command_keeps_a_file_and_says_what_is_wrong(world, report, tmp_path):
    path = tmp_path / "report.json"
    path.write_text(json.dumps(report))
    out = StringIO()
    call_command("record_quality", "dddd", str(path), by="ann@example.org", stdout=out)
    assert "whitened: LDS" in out.getvalue()
    assert len(FeatureStore.objects.get().measured) == 1
    path.write_text("{")
    for arguments, said in (
        (("eeee", str(path), "ann@example.org"), "0 feature stores"),
        (("dddd", str(path), "nobody@example.org"), "Nobody signs in"),
        (("dddd", str(tmp_path / "none.json"), "ann@example.org"), "cannot be read"),
        (("dddd", str(path), "ann@example.org"), "report.json"),
    ):
        with pytest.raises(CommandError, match=said):
            call_command("record_quality", *arguments[:2], by=arguments[2])


def test_worker_time_is_of_last_attempts_and_goes_on_until_now():
    began = datetime(2026, 11, 1, tzinfo=UTC)
    done = Job(status="succeeded", started_at=began, finished_at=began + timedelta(seconds=30))
    at_work = Job(status="running", started_at=began)
    waiting = Job(status="queued", started_at=began)
    now = began + timedelta(seconds=12)
    assert worker_seconds([done, at_work, waiting], now) == 42
    assert worker_seconds([waiting, Job(status="queued")], now) is None


def test_coverage_is_that_of_the_least_covered_member():
    jobs = [Job(result=each) for each in ({}, {"covered_ppm": 990_000}, {"covered_ppm": 970_000})]
    assert covered_ppm(jobs) == 970_000
    assert covered_ppm([]) is None
