"""Loudness, peaks, silence and clipping are what the standards and the ear say they are."""

import io

import numpy as np
import pytest
import torch

from attribution.audio.loading import torchaudio
from catalog.media.measures import Measures
from catalog.media.measuring import Meter, k_filter, measure
from catalog.media.samples import SoundFile
from tests.audio.sounds import file, noise, tone


def measured(samples: np.ndarray, rate: int = 48_000, block: int = 1 << 20) -> Measures:
    """Of (n,) or (n, channels) samples, in blocks of any size."""
    samples = samples.reshape(len(samples), -1).astype(np.float32)
    meter = Meter(rate, samples.shape[1])
    for start in range(0, len(samples), block):
        meter.add(samples[start : start + block])
    return meter.measures()


def beside(*channels: np.ndarray) -> np.ndarray:
    return np.stack(channels, axis=1)


def test_the_filter_is_the_standard_s_at_its_rate():
    # ITU-R BS.1770-4, tables 1 and 2.
    shelf = [1.53512485958697, -2.69169618940638, 1.19839281085285, 1]
    shelf += [-1.69065929318241, 0.73248077421585]
    high_pass = [1, -2, 1, 1, -1.99004745483398, 0.99007225036621]
    assert k_filter(48_000) == pytest.approx(np.array([shelf, high_pass]), abs=1e-11)


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000, 96_000, 192_000])
def test_a_full_tone_in_one_channel_measures_three_below(rate):
    # BS.1770-4: 0 dB FS at 997 Hz in the left channel is -3.01 LKFS.
    silence = np.zeros(rate * 4)
    found = measured(beside(tone(997, 4, rate), silence), rate)
    assert found.loudness_lufs == pytest.approx(-3.01, abs=0.05)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        # EBU Tech 3341, table 1, cases 1 to 5: seconds and levels of a stereo tone at 1 kHz.
        ([(20, -23)], -23.0),
        ([(20, -33)], -33.0),
        ([(10, -36), (60, -23), (10, -36)], -23.0),
        ([(10, -72), (10, -36), (60, -23), (10, -36), (10, -72)], -23.0),
        ([(20, -26), (20.1, -20), (20, -26)], -23.0),
    ],
)
def test_gated_loudness_is_that_of_the_broadcasters_test_tones(parts, expected):
    samples = np.concatenate([tone(1000, seconds, peak=10 ** (db / 20)) for seconds, db in parts])
    found = measured(beside(samples, samples))
    assert found.loudness_lufs == pytest.approx(expected, abs=0.1)


def test_channels_beside_the_listener_count_more_and_effects_nothing():
    # EBU Tech 3341, case 6, whose levels by channel add up to -23 LUFS.
    levels = {0: -28.0, 1: -28.0, 2: -24.0, 4: -30.0, 5: -30.0}
    samples = np.zeros((48_000 * 20, 6))
    for channel, db in levels.items():
        samples[:, channel] = tone(1000, 20, peak=10 ** (db / 20))
    assert measured(samples).loudness_lufs == pytest.approx(-23, abs=0.1)
    samples[:, 3] = tone(50, 20)  # the loudspeaker for effects
    assert measured(samples).loudness_lufs == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize(("rate", "channels"), [(22_050, 2), (48_000, 1), (48_000, 5)])
def test_loudness_is_near_torchaudio_s(rate, channels):
    # torchaudio rounds the filters' corners; noise, which fills the whole band, shows it most.
    # Without its extension it filters sample by sample in Python, so that the sound is short.
    swell = np.linspace(0.05, 1, round(rate * 1.5))[:, None]
    samples = noise(1.5, rate, channels) * swell.astype(np.float32)
    theirs = torchaudio().functional.loudness(torch.from_numpy(samples.T.copy()), rate)
    assert measured(samples, rate).loudness_lufs == pytest.approx(float(theirs), abs=0.25)


def test_blocks_do_not_matter():
    samples = noise(3.33, 44_100, 2)
    samples[70_000:70_009, 0] = 1.0
    whole = measured(samples, 44_100)
    for block in (7, 4_410, 10_007):
        assert measured(samples, 44_100, block) == whole
    assert whole.clipped_runs == 1
    assert whole.clipped_samples == 9


@pytest.mark.parametrize(
    ("hz", "degrees", "peak_db", "sample_db"),
    [
        # EBU Tech 3341, cases 15 to 19: tones whose samples miss their crests.
        (12_000, 0, -6.0, -6.0),
        (12_000, 45, -6.0, -9.0),
        (8_000, 60, -6.0, -7.2),
        (6_000, 67.5, -6.0, -6.7),
        (12_000, 45, 3.0, 0.0),
    ],
)
def test_the_true_peak_is_found_between_the_samples(hz, degrees, peak_db, sample_db):
    angle = 2 * np.pi * hz * np.arange(48_000) / 48_000 + np.radians(degrees)
    fade = np.minimum(1, np.arange(48_000) / 4_800)
    found = measured(10 ** (peak_db / 20) * np.sin(angle) * fade * fade[::-1])
    assert -0.4 <= found.true_peak_dbtp - peak_db <= 0.2  # the tolerance of EBU Tech 3341
    assert found.sample_peak_dbfs == pytest.approx(sample_db, abs=0.1)


def test_silence_has_a_beginning_and_an_end():
    quiet, loud = np.zeros(48_000), tone(500, 2, peak=0.2)
    found = measured(np.concatenate([quiet, loud, quiet, loud, quiet, quiet]))
    assert found.silent_start_seconds == pytest.approx(1, abs=0.1)
    assert found.silent_end_seconds == pytest.approx(2, abs=0.1)
    assert found.silent_seconds == pytest.approx(4, abs=0.1)
    assert not found.is_silent


@pytest.mark.parametrize("samples", [np.zeros(50_001), np.full(50_001, 1e-4), np.zeros(7)])
def test_all_of_it_silent_is_measured_as_that(samples):
    found = measured(samples)
    assert found.is_silent
    assert found.silent_seconds == found.silent_start_seconds == found.seconds
    assert found.loudness_lufs is None
    assert Measures.from_answer(found.as_answer()) == found


def test_clipping_counts_rows_of_three_in_any_channel():
    samples = np.zeros((1000, 2))
    samples[10:12, 0] = 1  # two may be chance
    samples[20:23, 0] = 1
    samples[20:24, 1] = -1
    samples[40:140, 1] = 1
    found = measured(samples)
    assert (found.clipped_runs, found.clipped_samples) == (3, 3 + 4 + 100)


def test_a_wave_off_the_middle_is_seen_in_its_worst_channel():
    left, right = tone(100, 1, peak=0.1) + 0.05, tone(100, 1, peak=0.1)
    assert measured(beside(left, right)).dc_percent == pytest.approx(5, abs=0.01)


@pytest.mark.parametrize(
    ("rate", "channels"), [(768_000, 1), (2_000, 2), (48_000, 64), (11_025, 3)]
)
def test_any_rate_and_number_of_channels_is_measured(rate, channels):
    samples = np.repeat(tone(440, 1, rate, 0.5)[:, None], channels, axis=1)
    found = measure(SoundFile(io.BytesIO(file(samples, rate)), "audio/wav"))
    assert (found.samples_per_second, found.n_channels) == (rate, channels)
    assert found.seconds == pytest.approx(1)
    assert found.true_peak_dbtp == pytest.approx(-6.02, abs=0.4)  # a sudden start swings over
    assert (found.loudness_lufs is None) == (rate < 8_000)


@pytest.mark.parametrize(
    "lie",
    [
        {"loudness_lufs": float("nan")},
        {"true_peak_dbtp": 1e9},
        {"seconds": -1},
        {"seconds": "long"},
        {"clipped_runs": 1.5},
        {"n_channels": True},
        {"dc_percent": float("inf")},
    ],
)
def test_what_a_child_says_is_checked(lie):
    said = measured(noise(1)).as_answer()
    with pytest.raises((TypeError, ValueError)):
        Measures.from_answer(said | lie)
    with pytest.raises(KeyError):
        Measures.from_answer({name: value for name, value in said.items() if name not in lie})
