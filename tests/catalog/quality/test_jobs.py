"""The night looks at everything, a written delivery at what it wrote; twice is as once."""

from types import SimpleNamespace

import pytest

from catalog.deliveries.models import Delivery
from catalog.deliveries.suspicions import suspicions
from catalog.quality.models import Finding, Score
from catalog.quality.tasks import ask_for_the_night, look
from common.database import tenancy
from common.jobs.models import Job
from common.jobs.registry import JobError, handler_for, ignore_progress
from tests.catalog.quality.rows import TODAY, add_track

pytestmark = pytest.mark.django_db


def test_the_night_is_asked_for_once_a_day():
    with tenancy.acting_as(tenancy.SYSTEM):
        ask_for_the_night()
        ask_for_the_night()
    assert Job.objects.filter(kind="catalog.quality").count() == 1


def test_the_night_finds_and_scores():
    add_track(licence="")
    for opened in (1, 0):
        said = look({"day": str(TODAY)}, ignore_progress)
        assert (said["opened"], said["score"]) == (opened, 80.0)
    assert Score.objects.filter(scope="whole").count() == 1


def test_a_delivery_that_was_not_written_is_not_looked_at():
    delivery = Delivery.objects.create(name="a.csv", sha256="a" * 64, size_bytes=1, as_of=TODAY)
    with pytest.raises(JobError):
        look({"delivery": str(delivery.pk)}, ignore_progress)
    assert not Finding.objects.exists()


def test_the_job_is_known_by_the_name_that_deliveries_ask_for():
    assert handler_for("catalog.quality") is look


@pytest.mark.parametrize(
    ("is_new", "changes", "n_said"), [(False, ("isrc",), 1), (True, ("isrc",), 0), (False, (), 0)]
)
def test_a_known_recording_under_another_isrc_waits(is_new, changes, n_said):
    suspect = SimpleNamespace(
        row=SimpleNamespace(isrc="GBAYE6800011"), is_new=is_new, changes=changes, replaced=()
    )
    assert len([name for name, _ in suspicions(suspect) if name == "another-isrc"]) == n_said
