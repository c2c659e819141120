"""MusicGen's loss is its makers', its gradients are autograd's, and a copied clip is found."""

import numpy as np
import pytest
import torch

from attribution.adapters.musicgen import Clip, MusicgenTask, encode
from attribution.engine import CaptureConfig, Featuriser, Part, estimate_curvature, summed_margin
from attribution.engine.errors import BadGradients
from attribution.engine.gradients.survey import survey
from tests.adapters.musicgens import CODES, clips, musicgen
from tests.engine.gradient_contract import GradientContract, Subject


def subject_of(model, given) -> Subject:
    return Subject(lambda: model, MusicgenTask(model, given))


class TestGradientsOfMusicgen(GradientContract):
    """Decoder and projection, and the text encoder where it learns; the audio encoder is frozen."""

    # Both encoders are frozen anyway.
    test_gradients_stay_right_where_half_the_model_is_frozen = None

    @pytest.fixture(params=["2 codebooks", "4 codebooks", "stereo", "text learns"])
    def subject(self, request: pytest.FixtureRequest) -> Subject:
        self.kind = request.param
        books = 2 if request.param == "2 codebooks" else 4
        channels = 2 if request.param == "stereo" else 1
        model = musicgen(books, channels, text=request.param == "text learns")
        return subject_of(model, clips(books))

    def test_every_parameter_is_seen_as_foretold(self, subject: Subject) -> None:
        plan = survey(subject.model, subject.task, subject.config())
        trained = [name for name, p in subject.model.named_parameters() if p.requires_grad]
        assert plan.covered == trained
        # T5 owns its table of words under two names and calls it under one, and all samples share
        # a table of distances: where it learns, samples go one at a time.
        learns = self.kind == "text learns"
        assert plan.of_kind("autograd") == ["text_encoder.shared.weight"] * learns
        assert plan.batched != learns

    def test_the_model_is_left_as_it_was(self, subject: Subject) -> None:
        model = subject.model.train()
        trained = [name for name, p in model.named_parameters() if p.requires_grad]
        before = {name: value.clone() for name, value in model.state_dict().items()}
        Featuriser(model, subject.task, subject.config()).features([0, 1, 2])
        assert all(module.training for module in model.modules())
        assert [name for name, p in model.named_parameters() if p.requires_grad] == trained
        assert all(p.grad is None for p in model.parameters())
        torch.testing.assert_close(dict(model.state_dict()), before, rtol=0, atol=0)


@pytest.mark.parametrize("segment", range(6))
@pytest.mark.parametrize(("books", "channels"), [(2, 1), (4, 1), (4, 2)])
def test_the_loss_is_the_makers_times_the_codes_that_count(segment, books, channels):
    """They average over the steps of each codebook and over codebooks; we sum over all."""
    model, given = musicgen(books, channels), clips(books)
    task = MusicgenTask(model, given)
    batch = task.batch(np.array([segment]))
    theirs = model(
        input_ids=batch.prompt,
        attention_mask=batch.heard,
        labels=batch.targets.masked_fill(~batch.counted, -100).transpose(1, 2),
    ).loss
    assert batch.counted.sum() == given[segment].codes.size
    ours = task.sample_outputs(model, batch)[0]
    torch.testing.assert_close(ours / given[segment].codes.size, theirs)


def test_codebooks_are_delayed_by_a_step_each():
    """As drawn in the paper (arXiv:2306.05284, figure 1), and in stereo two at a time."""
    codes = np.arange(12).reshape(4, 3) % CODES
    codes = np.concatenate([codes, codes[:, :1]], axis=1)  # four steps
    pad = CODES
    mono = MusicgenTask(musicgen(), [Clip(codes)]).batch(np.array([0]))
    assert mono.codes[0].tolist() == [
        [pad, *codes[0], pad, pad, pad][:7],
        [pad, pad, *codes[1], pad, pad][:7],
        [pad, pad, pad, *codes[2], pad][:7],
        [pad, pad, pad, pad, *codes[3]][:7],
    ]
    assert mono.counted[0].int().tolist() == [
        [1, 1, 1, 1, 0, 0, 0],
        [0, 1, 1, 1, 1, 0, 0],
        [0, 0, 1, 1, 1, 1, 0],
        [0, 0, 0, 1, 1, 1, 1],
    ]
    stereo = MusicgenTask(musicgen(channels=2), [Clip(codes)]).batch(np.array([0]))
    shifts = stereo.counted[0].int().argmax(1)
    assert shifts.tolist() == [0, 0, 1, 1]


def test_the_prompt_decides_and_none_is_the_null_prompt_of_guidance():
    model, codes = musicgen(), clips()[0].codes
    task = MusicgenTask(model, [Clip(codes), Clip(codes, (3, 5)), Clip(codes, (4, 5, 6))])
    together = task.sample_outputs(model, task.batch(np.arange(3)))
    assert len(set(together.tolist())) == 3
    null = model.get_unconditional_inputs(1)
    batch = task.batch(np.array([0]))
    theirs = model(
        encoder_outputs=null.encoder_outputs,
        attention_mask=null.attention_mask,
        labels=batch.targets.masked_fill(~batch.counted, -100).transpose(1, 2),
    ).loss
    torch.testing.assert_close(together[0] / codes.size, theirs)


def test_a_copied_clip_is_found_among_those_it_was_trained_with():
    """Codes and prompt of one clip asked for again: no other clip has a higher score."""
    model, trained = musicgen(), _long_clips()
    _train(model, MusicgenTask(model, trained))
    task = MusicgenTask(model, trained, summed_margin)
    config = CaptureConfig(dimension=512, batch_size=4)
    curvature = estimate_curvature(model, task, range(len(trained)), config)
    rows = Featuriser(model, task, config, curvature).features(range(len(trained)))
    asked = MusicgenTask(model, [trained[5], Clip(trained[2].codes)], summed_margin)
    queries = Featuriser(model, asked, config, curvature).features([0, 1])
    assert (queries @ rows.T).argmax(1).tolist() == [5, 2]


def _long_clips() -> list[Clip]:
    generator = np.random.default_rng(9)
    return [
        Clip(generator.integers(0, CODES, (4, 24)), tuple(generator.integers(1, 20, 4)))
        for _ in range(12)
    ]


def _train(model, task: MusicgenTask) -> None:
    learned = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(learned, lr=3e-3)
    for _ in range(30):
        optimiser.zero_grad()
        task.sample_outputs(model, task.batch(np.arange(12))).mean().backward()
        optimiser.step()


@pytest.mark.parametrize("channels", [1, 2])
def test_rows_of_parts_add_up_to_the_row_of_their_clip(channels):
    model, given = musicgen(channels=channels), clips()
    parts = [Part(4, 0, 3), Part(4, 3, 7), Part(1, 0, 6)]
    task = MusicgenTask(model, given, parts=parts)
    assert task.batch(np.arange(3)).counted.sum((1, 2)).tolist() == [4 * 3, 4 * 4, 4 * 6]
    config = CaptureConfig(dimension=256, curvature="none", batch_size=4)
    rows = Featuriser(model, task, config).features(range(3))
    whole = Featuriser(model, MusicgenTask(model, given), config).features([4, 1])
    error = np.linalg.norm(np.stack([rows[0] + rows[1], rows[2]]) - whole, axis=1)
    assert (error <= 1e-4 * np.linalg.norm(whole, axis=1)).all()


def test_sound_becomes_codes_by_the_models_own_encoder():
    model = musicgen()
    sound = torch.sin(torch.arange(800) / 9).unsqueeze(0)
    codes = encode(model, sound, 1600)
    assert codes.shape == (4, 100)
    assert len(np.unique(codes)) > 1
    task = MusicgenTask(model, [Clip(codes)])
    assert task.sample_outputs(model, task.batch(np.array([0]))).isfinite().all()


def test_a_mono_sound_is_played_on_both_channels_of_a_stereo_model():
    model = musicgen(codebooks=4, channels=2, encoder_codebooks=2)
    codes = encode(model, torch.sin(torch.arange(800) / 9).unsqueeze(0), 1600)
    assert codes.shape == (4, 100)
    assert (codes[0] == codes[1]).all()
    assert (codes[2] == codes[3]).all()


def test_what_does_not_fit_is_refused_in_a_sentence():
    model = musicgen()
    with pytest.raises(BadGradients, match=r"44100 samples a second.*reads 1600"):
        encode(model, torch.zeros(1, 800), 44100)
    for codes, why in (
        (np.zeros((2, 9), int), r"shape \(2, 9\); the model needs \(4, steps\)"),
        (np.zeros((4, 3), int), "4 steps at least"),
        (np.full((4, 9), CODES), f"codes from {CODES} to {CODES}; the model knows 0 to 15"),
    ):
        with pytest.raises(BadGradients, match=why):
            MusicgenTask(model, [Clip(codes)]).batch(np.array([0]))
