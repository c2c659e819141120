"""Sound becomes frames, steps and codes, and comes back as nearly the same sound."""

import pytest
import torch

from attribution.audio.codec import Codec, CodecConfig, fit_codec, patches
from attribution.audio.spectrum import FRAMES_AT_ONCE, Spectrum
from tests.audio.tunes import SMALL, tune


def test_a_tone_is_loudest_in_the_band_of_its_pitch() -> None:
    spectrum = Spectrum()
    time = torch.arange(22_050) / 22_050
    heights = [
        spectrum.frames(torch.sin(2 * torch.pi * hertz * time)).mean(0).argmax().item()
        for hertz in (220.0, 440.0, 880.0, 1760.0)
    ]
    assert heights == sorted(set(heights))


@pytest.mark.parametrize("samples", [0, 1, 127, 128, 300, 5000])
def test_any_number_of_samples_has_its_frames(samples: int) -> None:
    frames = SMALL.spectrum.frames(torch.zeros(samples))
    assert frames.shape == (samples // 128, 32)
    assert torch.isfinite(frames).all()


def test_a_long_recording_has_the_frames_of_one_transform_over_all_of_it() -> None:
    spectrum, long = SMALL.spectrum, torch.cat([tune(seed) for seed in range(12)])
    assert len(long) > spectrum.hop_samples * FRAMES_AT_ONCE
    at_once = torch.stft(long, 512, 128, window=torch.hann_window(512), return_complex=True).abs()[
        :, : len(long) // 128
    ]
    loudness = spectrum.frames(long).exp().sum(1)
    assert torch.corrcoef(torch.stack([loudness, at_once.sum(0)]))[0, 1] > 0.95
    tail = spectrum.frames(long[128 * 4096 - 51_200 :])
    assert torch.allclose(spectrum.frames(long)[-len(tail) + 8 :], tail[8:], atol=1e-4)


def test_sound_that_came_back_has_nearly_the_frames_it_was_made_from() -> None:
    frames = SMALL.spectrum.frames(tune(7))
    again = SMALL.spectrum.frames(SMALL.spectrum.samples(frames))
    loud = frames > frames.max() - 4
    assert (again - frames)[loud].abs().mean() < 0.35  # 3 dB
    assert len(again) == len(frames)


def test_the_way_back_is_the_same_every_time_and_leaves_torchs_chance_alone() -> None:
    frames = SMALL.spectrum.frames(tune(7, 1.0))
    torch.manual_seed(5)
    first = SMALL.spectrum.samples(frames)
    drawn = torch.rand(1)
    torch.manual_seed(5)
    assert torch.equal(drawn, torch.rand(1))
    assert torch.equal(first, SMALL.spectrum.samples(frames))


def test_too_many_bands_for_the_window_are_refused() -> None:
    with pytest.raises(ValueError, match="bands hear nothing"):
        Spectrum(8000, window_samples=128, bands=128).frames(torch.zeros(1000))


def test_codes_are_the_same_on_every_fit(codec: Codec) -> None:
    again = fit_codec([tune(seed) for seed in range(4)], SMALL)
    assert torch.equal(codec.encode(tune(9)), again.encode(tune(9)))


def test_each_codebook_gets_nearer_to_the_sound(codec: Codec) -> None:
    steps = (patches(tune(2), SMALL) - codec.mean) @ codec.components
    codes, known, errors = codec.encode(tune(2)), torch.zeros_like(steps), []
    for k in range(SMALL.codebooks):
        known = known + codec.books[k][codes[:, k]]
        errors.append((steps - known).square().mean().item())
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 0.5 * errors[0]


def test_latents_of_the_training_tracks_have_variance_one(codec: Codec) -> None:
    latents = torch.cat([codec.latents(tune(seed)) for seed in range(4)])
    assert torch.allclose(latents.std(0), torch.ones(SMALL.width), atol=0.05)
    assert latents.mean(0).abs().max() < 0.05


def test_a_decoded_tune_has_the_frames_of_the_tune(codec: Codec) -> None:
    frames = SMALL.spectrum.frames(tune(1))
    for back in (codec.decode(codec.encode(tune(1))), codec.from_latents(codec.latents(tune(1)))):
        again = SMALL.spectrum.frames(back)
        alike = torch.corrcoef(torch.stack([frames[: len(again)].flatten(), again.flatten()]))[0, 1]
        assert alike > 0.9


def test_too_little_sound_for_a_codebook_says_how_much_is_needed() -> None:
    with pytest.raises(ValueError, match=r"have 0 seconds together; this codec needs \d+"):
        fit_codec([tune(0, 0.3)], SMALL)


def test_a_configuration_survives_its_text() -> None:
    assert CodecConfig.from_json(SMALL.to_json()) == SMALL
