"""Letting a model of sound play: seeded sampling, to samples that can be written to a file."""

import torch
from torch import Tensor

from attribution.audio.codes_model import CodesModel, undelayed
from attribution.audio.denoiser import LEVELS, Denoiser, alphas_cumprod
from attribution.reference.sampling import SamplingConfig, next_token_probabilities
from attribution.reference.training import one_thread

DENOISING_ROUNDS = 100
PEAK = 0.9  # of full scale, to which a piece is brought


def play_codes(model: CodesModel, count: int, steps: int, config: SamplingConfig) -> Tensor:
    """`count` pieces of codes, (count, steps, codebooks), drawn one step after the other.

    Beyond the model's context it goes on from the second half of what it wrote, as if the piece
    began there.
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
        for k in range(books):
            if k <= t < k + steps:
                is_given = t - k < kept.shape[1]
                laid[:, t, k] = (
                    kept[:, t - k, k] if is_given else _draw(logits[:, k], config, generator)
                )
    return torch.stack([undelayed(each) for each in laid])


def _draw(logits: Tensor, config: SamplingConfig, generator: torch.Generator) -> Tensor:
    chances = next_token_probabilities(logits, config)
    return torch.multinomial(chances, 1, generator=generator)[:, 0]


def play_latents(model: Denoiser, count: int, steps: int, seed: int) -> Tensor:
    """`count` pieces of latents, (count, steps, width), by taking noise away.

    DDIM without added noise (Song, Meng and Ermon, arXiv:2010.02502, equation 12).
    """
    generator = torch.Generator().manual_seed(seed)
    left = alphas_cumprod()
    x = torch.randn(count, 1, steps, model.codec.config.width, generator=generator)
    places = torch.linspace(LEVELS - 1, 0, DENOISING_ROUNDS).round().long()
    with one_thread(), torch.inference_mode():
        for here, after in zip(places, [*places[1:], None], strict=True):
            noise = model(x, here.expand(count, 1))
            clean = (x - (1 - left[here]).sqrt() * noise) / left[here].sqrt()
            kept = left[after] if after is not None else torch.tensor(1.0)
            x = kept.sqrt() * clean + (1 - kept).sqrt() * noise
    return x[:, 0]


def sounds_of(model: CodesModel | Denoiser, pieces: Tensor) -> list[Tensor]:
    """Pieces of codes or latents as samples, (n,) each, brought to one peak."""
    back = model.codec.decode if isinstance(model, CodesModel) else model.codec.from_latents
    with one_thread(), torch.inference_mode():
        sounds = [back(piece) for piece in pieces]
    return [sound * (PEAK / sound.abs().max().clamp_min(1e-6)) for sound in sounds]
