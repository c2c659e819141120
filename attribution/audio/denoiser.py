"""A small diffusion model of sound: a transformer that finds the noise in a codec's latents.

Owns the network. Latents are looked at under several noise levels at once, on an axis of their own
after the batch, so that what an output function averages over levels is one forward pass and the
samples of a batch stay apart. Every parameter sits in an `nn.Linear` or `nn.LayerNorm` that is
called once with the batch first. The level scales and shifts each block's input (adaptive norm, as
in DiT, arXiv:2212.09748, section 3.2). It must not know about files, sounds or training.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from attribution.audio.codec import Codec

LEVELS = 1000  # noise levels, from nearly none to nothing but noise


@dataclass(frozen=True)
class DenoiserConfig:
    """Sizes of a `Denoiser`; it is trained on segments of at most `steps` steps of the codec."""

    steps: int = 128
    width: int = 128
    layers: int = 4
    heads: int = 4
    hidden: int = 384


def waves(places: Tensor, width: int) -> Tensor:
    """Sines and cosines of numbers (…,), from a cycle of 6 to one of 60,000: (…, width)."""
    speeds = torch.exp(torch.linspace(0, -math.log(10_000), width // 2, device=places.device))
    angles = places.unsqueeze(-1) * speeds
    return torch.cat((angles.sin(), angles.cos()), -1)


class LevelBlock(nn.Module):
    """Attention among the steps of a level and a two-layer network, both told of the level."""

    def __init__(self, config: DenoiserConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.attention_norm = nn.LayerNorm(config.width)
        self.query = nn.Linear(config.width, config.width)
        self.key = nn.Linear(config.width, config.width)
        self.value = nn.Linear(config.width, config.width)
        self.out = nn.Linear(config.width, config.width)
        self.hidden_norm = nn.LayerNorm(config.width)
        self.widen = nn.Linear(config.width, config.hidden)
        self.narrow = nn.Linear(config.hidden, config.width)
        self.told = nn.Linear(config.width, 4 * config.width)

    def forward(self, x: Tensor, level: Tensor, seen: Tensor) -> Tensor:
        """`x` (B, S, T, W); `level` (B, S, 1, W); `seen` (B, 1, 1, 1, T), True where sound is."""
        scale, shift, wide, moved = self.told(level).chunk(4, -1)
        x = x + self._attend(self.attention_norm(x) * (1 + scale) + shift, seen)
        hidden = self.widen(self.hidden_norm(x) * (1 + wide) + moved)
        narrowed: Tensor = self.narrow(functional.gelu(hidden))
        return x + narrowed

    def _attend(self, x: Tensor, seen: Tensor) -> Tensor:
        q, k, v = (self._split(part(x)) for part in (self.query, self.key, self.value))
        mixed = functional.scaled_dot_product_attention(q, k, v, attn_mask=seen)
        out: Tensor = self.out(mixed.transpose(2, 3).flatten(3))
        return out

    def _split(self, x: Tensor) -> Tensor:
        """(B, S, T, W) to (B, S, heads, T, W / heads)."""
        return x.view(*x.shape[:3], self.heads, -1).transpose(2, 3)


class Denoiser(nn.Module):
    """Maps noisy latents (B, S, T, width of the codec) and levels (B, S) to their noise."""

    def __init__(self, config: DenoiserConfig, codec: Codec, seed: int = 0) -> None:
        super().__init__()
        self.config, self.codec = config, codec
        self.enter = nn.Linear(codec.config.width, config.width)
        self.level = nn.Linear(config.width, config.width)
        self.blocks = nn.ModuleList(LevelBlock(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)
        self.leave = nn.Linear(config.width, codec.config.width)
        self._initialise(torch.Generator().manual_seed(seed))

    @torch.no_grad()
    def _initialise(self, generator: torch.Generator) -> None:
        """Normal weights by the number of inputs, less on skips; the last layer begins at 0."""
        for name, parameter in self.named_parameters():
            if name.endswith("bias") or name == "leave.weight":
                parameter.zero_()
            elif parameter.dim() > 1:
                on_skip = name.endswith(("out.weight", "narrow.weight"))
                scale = parameter.shape[1] ** -0.5 / (
                    math.sqrt(2 * self.config.layers) if on_skip else 1
                )
                parameter.normal_(
                    0.0, 0.1 * scale if "told" in name else scale, generator=generator
                )

    def forward(self, noisy: Tensor, levels: Tensor, counted: Tensor | None = None) -> Tensor:
        """The noise that is in the latents, (B, S, T, width of the codec).

        Args:
            noisy: (B, S, T, width of the codec).
            levels: (B, S), from 0 to LEVELS − 1.
            counted: (B, T), False where padded; none: everything is sound.
        """
        batch, _, length, _ = noisy.shape
        if counted is None:
            counted = torch.ones(batch, length, dtype=torch.bool, device=noisy.device)
        seen = counted[:, None, None, None, :]
        places = waves(torch.arange(length, device=noisy.device).float(), self.config.width)
        x = self.enter(noisy) + places
        told = functional.silu(self.level(waves(levels.float(), self.config.width))).unsqueeze(2)
        for block in self.blocks:
            x = block(x, told, seen)
        found: Tensor = self.leave(self.norm(x))
        return found


def alphas_cumprod(levels: int = LEVELS) -> Tensor:
    """How much of the signal's power is left at each level, (levels,).

    The cosine schedule of Nichol and Dhariwal (arXiv:2102.09672, section 3.2).
    """
    t = (torch.arange(levels, dtype=torch.float64) + 1) / levels
    offset = 0.008
    left = torch.cos((t + offset) / (1 + offset) * math.pi / 2) ** 2
    return (left / math.cos(offset / (1 + offset) * math.pi / 2) ** 2).clamp(1e-4, 1).float()


def noised(latents: Tensor, noise: Tensor, levels: Tensor) -> Tensor:
    """Latents (B, T, D) under noise (B, S, T, D) at levels (B, S): (B, S, T, D)."""
    left = alphas_cumprod().to(latents.device)[levels][..., None, None]
    return left.sqrt() * latents.unsqueeze(1) + (1 - left).sqrt() * noise
