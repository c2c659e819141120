"""Recordings are read as one channel at one rate, the same in blocks as at once."""

import io

import numpy as np
import pytest
import torch

from attribution.audio.loading import torchaudio
from attribution.audio.reading import UnreadableAudio, read_mono, stream
from attribution.audio.resampling import MOST_TABLE_NUMBERS, _computed, resampled
from tests.audio.sounds import CONTAINERS, file, noise, tone, write

RATES = [(44_100, 32_000), (48_000, 32_000), (22_050, 22_050), (8_000, 44_100), (192_000, 22_050)]


def resampled_at_once(samples: np.ndarray, old: int, new: int) -> np.ndarray:
    return torchaudio().transforms.Resample(old, new)(torch.from_numpy(samples)).numpy()


@pytest.mark.parametrize(("old", "new"), RATES)
@pytest.mark.parametrize("block_seconds", [0.01, 0.25, 10.0])
def test_blocks_side_by_side_are_the_whole_resampled(old, new, block_seconds):
    samples = noise(1.3337, old)
    whole = resampled_at_once(samples[:, 0], old, new)
    content = io.BytesIO(file(samples, old, subtype="FLOAT"))
    blocks = list(stream(content, new, block_seconds))
    assert np.concatenate(blocks) == pytest.approx(whole, abs=2e-6)
    assert len(blocks) > 1 or block_seconds > 1


def test_the_borders_do_not_depend_on_how_the_file_was_decoded():
    samples = noise(2, 44_100)[:, 0]
    pieces = [np.split(samples, [1, 5, 441, 40_000]), [samples], np.array_split(samples, 97)]
    read = [np.concatenate(list(resampled(iter(each), 44_100, 32_000, 0.1))) for each in pieces]
    assert np.array_equal(read[0], read[1])
    assert np.array_equal(read[0], read[2])


@pytest.mark.parametrize(("old", "new"), [(44_100, 32_000), (8_000, 22_050), (96_000, 32_000)])
def test_the_filter_without_a_table_is_the_same(old, new):
    samples = noise(0.7, old)[:, 0]
    whole = resampled_at_once(samples, old, new)
    divisor = np.gcd(old, new)
    found = _computed(samples, old // divisor, new // divisor)
    assert found == pytest.approx(whole, abs=1e-5)


@pytest.mark.parametrize("old", [44_101, 767_999, 2_003])
def test_rates_that_never_meet_are_read_as_exactly(old):
    assert old * 32_000 > MOST_TABLE_NUMBERS
    seconds, hz = 2.0, 440.0
    found = read_mono(io.BytesIO(file(tone(hz, seconds, old, 0.5), old, subtype="FLOAT")), 32_000)
    expected = tone(hz, seconds, 32_000, 0.5)
    assert abs(len(found) - len(expected)) <= 1
    inner = slice(1000, len(expected) - 1000)
    # torchaudio's filter keeps a tone to one part in a hundred, at any rates.
    assert found[inner] == pytest.approx(expected[inner], abs=0.01)


def test_channels_are_averaged():
    left, right = noise(0.5, seed=1), noise(0.5, seed=2)
    content = file(np.hstack((left, right)), 22_050, subtype="FLOAT")
    found = read_mono(io.BytesIO(content), 22_050)
    assert found == pytest.approx(((left + right) / 2)[:, 0], abs=1e-7)


@pytest.mark.parametrize("container", CONTAINERS)
def test_every_container_is_read(tmp_path, container):
    path = write(tmp_path / "a", tone(440, 3, 44_100, 0.5), 44_100, container=container)
    found = read_mono(path, 32_000)
    assert len(found) / 32_000 == pytest.approx(3, abs=0.1)
    loudest_hz = np.argmax(np.abs(np.fft.rfft(found[: 2 * 32_000]))) / 2
    assert loudest_hz == pytest.approx(440, abs=1)


def test_no_more_than_asked_for_is_read(tmp_path):
    path = write(tmp_path / "a.wav", noise(30), 22_050)
    assert len(read_mono(path, 16_000, most_seconds=1.5)) == 24_000


def test_no_samples_are_no_recording(tmp_path):
    path = write(tmp_path / "a.wav", noise(0), 22_050)
    with pytest.raises(UnreadableAudio, match="it holds no samples; export the piece again"):
        read_mono(path, 32_000)


def test_one_sample_is_read(tmp_path):
    path = write(tmp_path / "a.wav", noise(1 / 22_050), 22_050)
    assert len(read_mono(path, 44_100)) == 2
