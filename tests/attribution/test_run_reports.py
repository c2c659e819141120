"""What a run keeps of its scores, for pages that draw them."""

from io import StringIO

import numpy as np
import pytest
from django.core.management import call_command

from attribution.models import AttributionRun
from attribution.services.run_reports import HUBS, report_of
from attribution.services.score_files import standard_scores_name
from common.storage import put
from tests.royalty.cast import worked_example

ROLES = ["train"] * 30 + ["control_calibration"] * 6 + ["control_test"] * 4
TRACKS = np.arange(100, 140)


def scores(pieces: int = 20) -> np.ndarray:
    """Noise everywhere, but that track 107 is behind every piece."""
    z = np.random.default_rng(3).normal(size=(pieces, len(ROLES)))
    z[:, 7] = 40.0
    return z


def test_every_score_is_counted_once_and_far_ones_at_the_end():
    report = report_of(scores(), ROLES, TRACKS)
    assert (sum(report["trained"]), sum(report["controls"])) == (20 * 30, 20 * 10)
    assert report["trained"][-1] == 20
    assert report["controls"][-1] == 0


def test_a_track_behind_every_piece_is_the_first_hub():
    report = report_of(scores(), ROLES, TRACKS)
    assert report["hubs"][0] == {"track": 107, "pieces": 20}
    assert len(report["hubs"]) <= HUBS
    assert {hub["track"] for hub in report["hubs"]} <= set(range(100, 130)), "no control"


def test_planted_pieces_are_left_out():
    z = scores()
    z[:2, 30:] = 50.0  # copies of control tracks
    report = report_of(z, ROLES, TRACKS, probes=[0, 1])
    assert report["pieces"] == 18
    assert report["controls"][-1] == 0


def test_scores_that_are_none_are_left_out():
    z = scores()
    z[:, 35] = np.nan
    assert sum(report_of(z, ROLES, TRACKS)["controls"]) == 20 * 9


@pytest.mark.django_db
def test_runs_of_before_get_theirs_from_their_files(tmp_path, settings):
    storage = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path)},
    }
    settings.STORAGES = settings.STORAGES | {"default": storage}
    world = worked_example()
    AttributionRun.objects.update(config={"generations": ["b"]})
    other = AttributionRun.objects.create(
        feature_store=world.run.feature_store,
        method="m",
        config={"generations": ["a"]},
        code_version="1",
        finished_at=world.run.finished_at,
    )
    path = tmp_path / "scores.npz"
    np.savez_compressed(
        path,
        values=scores().astype(np.float32),
        generation_ids=np.array(["a"] * 20),
        track_ids=TRACKS,
        roles=np.array(ROLES),
    )
    put(standard_scores_name(other), path.read_bytes())
    said, faults = StringIO(), StringIO()
    call_command("report_runs", stdout=said, stderr=faults)
    other.refresh_from_db()
    assert other.report == report_of(scores().astype(np.float32), ROLES, TRACKS)
    assert f"{other.pk}: 20 pieces" in said.getvalue()
    assert f"{world.run.pk}: its scores cannot be read" in faults.getvalue()
