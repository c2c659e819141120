"""Letting a model of sound play: seeded sampling, to samples that can be written to a file."""

from itertools import pairwise

import torch
from torch import Tensor

from attribution.audio.codes_model import CodesModel, undelayed
from attribution.audio.denoiser import LEVELS, Denoiser, alphas_cumprod
from attribution.reference.sampling import SamplingConfig, next_token_probabilities
from attribution.reference.training import one_thread

DENOISING_ROUNDS = 100
FARTHEST = 4.0  # deviations of a latent from its mean, beyond which none is taken to be clean
# The first codebooks say what sounds; chance in the finer ones is heard as noise.
DRAWN_BOOKS = 2
PEAK = 0.9  # of full scale, to which a piece is brought


def play(model: CodesModel | Denoiser, count: int, seconds: float, seed: int) -> list[Tensor]:
    """`count` pieces of about so many seconds as samples, (n,) each, brought to one peak."""
    steps = max(1, round(seconds * model.codec.config.steps_per_second))
    if isinstance(model, CodesModel):
        drawn = SamplingConfig(temperature=0.8, top_p=0.9, seed=seed)
        return sounds_of(model, play_codes(model, count, steps, drawn))
    return sounds_of(model, play_latents(model, count, steps, seed))


def play_codes(model: CodesModel, count: int, steps: int, config: SamplingConfig) -> Tensor:
    """`count` pieces of codes, (count, steps, codebooks), drawn one step after the other.

    Beyond the model's context it goes on from the second half of what it wrote, as if the piece
    began there. The codes of the first books are drawn, those of the finer ones the likeliest.
    """
    generator = torch.Generator().manual_seed(config.seed)
    piece = torch.zeros(count, 0, model.codebooks, dtype=torch.int64)
    with one_thread(), torch.inference_mode():
        while piece.shape[1] < steps:
            kept = piece[:, -(model.config.steps // 2) :] if piece.shape[1] else piece
            room = min(model.config.steps, kept.shape[1] + steps - piece.shape[1])
            grown = _grow(model, kept, room, config, generator)
            piece = torch.cat((piece, grown[:, kept.shape[1] :]), 1)
    return piece


def _grow(
    model: CodesModel, kept: Tensor, steps: int, config: SamplingConfig, generator: torch.Generator
) -> Tensor:
    """Pieces that begin with `kept` and have `steps` steps: (count, steps, codebooks)."""
    books, count = model.codebooks, len(kept)
    laid = torch.full((count, steps + books - 1, books), model.codes)
    states, past = model.read(torch.full((count, 1, books), model.codes))
    for t in range(steps + books - 1):
        if t:
            states, past = model.read(laid[:, t - 1 : t], past)
        logits = model.logits(states)[:, -1]  # (count, books, codes)
        for k in range(max(0, t - steps + 1), min(books, t + 1)):
            if t - k < kept.shape[1]:
                laid[:, t, k] = kept[:, t - k, k]
            elif k < DRAWN_BOOKS:
                laid[:, t, k] = _draw(logits[:, k], config, generator)
            else:
                laid[:, t, k] = logits[:, k].argmax(1)
    return torch.stack([undelayed(each) for each in laid])


def _draw(logits: Tensor, config: SamplingConfig, generator: torch.Generator) -> Tensor:
    chances = next_token_probabilities(logits, config)
    return torch.multinomial(chances, 1, generator=generator)[:, 0]


def play_latents(model: Denoiser, count: int, steps: int, seed: int) -> Tensor:
    """`count` pieces of latents, (count, steps, width), by taking noise away.

    At each level the clean piece is guessed, and the noise of the next lower level put on it anew
    (Song, Meng and Ermon, arXiv:2010.02502, equation 12 with η = 1).
    """
    generator = torch.Generator().manual_seed(seed)
    left = alphas_cumprod()
    x = torch.randn(count, 1, steps, model.codec.config.width, generator=generator)
    places = torch.linspace(LEVELS - 1, 0, DENOISING_ROUNDS).round().long().tolist()
    with one_thread(), torch.inference_mode():
        for here, after in pairwise([*places, None]):
            found = model(x, torch.full((count, 1), here))
            clean = (x - (1 - left[here]).sqrt() * found) / left[here].sqrt()
            clean = clean.clamp(-FARTHEST, FARTHEST)
            if after is None:
                break
            noise = (x - left[here].sqrt() * clean) / (1 - left[here]).sqrt()
            fresh = (1 - left[after]) / (1 - left[here]) * (1 - left[here] / left[after])
            x = left[after].sqrt() * clean + (1 - left[after] - fresh).sqrt() * noise
            x = x + fresh.sqrt() * torch.randn(x.shape, generator=generator)
    found_clean: Tensor = clean[:, 0]
    return found_clean


def sounds_of(model: CodesModel | Denoiser, pieces: Tensor) -> list[Tensor]:
    """Pieces of codes or latents as samples, (n,) each, brought to one peak."""
    back = model.codec.decode if isinstance(model, CodesModel) else model.codec.from_latents
    with one_thread(), torch.inference_mode():
        sounds = [back(piece) for piece in pieces]
    return [sound * (PEAK / sound.abs().max().clamp_min(1e-6)) for sound in sounds]
