"""What is measured of a recording when it is taken in is kept with it."""

import pytest

from catalog.services.assets import store_music
from tests.audio.sounds import CONTAINERS, file, noise
from tests.catalog.manifests import midi

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("container", CONTAINERS)
def test_a_recording_is_measured_when_it_is_taken_in(container):
    content = file(noise(3, 44_100, 2), 44_100, container)
    asset = store_music(content, name=f"piece.{container.lower()}")
    asset.refresh_from_db()
    measures = asset.measures
    assert measures.seconds == asset.seconds == pytest.approx(3, abs=0.1)
    assert (measures.samples_per_second, measures.n_channels) == (44_100, 2)
    assert measures.loudness_lufs == pytest.approx(-14, abs=0.5)
    assert measures.sample_peak_dbfs <= measures.true_peak_dbtp < 0.5


def test_a_score_is_not():
    assert store_music(midi(1), name="piece.mid").measures is None
