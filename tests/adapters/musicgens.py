"""Tiny MusicGens at random, as their makers wrote them."""

from types import ModuleType

import numpy as np
import pytest
import torch

from attribution.adapters.musicgen import Clip, freeze_encoders

transformers: ModuleType = pytest.importorskip(
    "transformers", reason="pip install 'tantieme[transformers]' runs these"
)
CODES, WORDS = 16, 29


def musicgen(
    codebooks: int = 4, channels: int = 1, text: bool = False, encoder_codebooks: int | None = None
):
    """EnCodec, T5 and a decoder of two layers each; `text`: the text encoder learns too."""
    text_config = transformers.T5Config(
        vocab_size=WORDS, d_model=16, d_kv=4, d_ff=24, num_layers=2, num_heads=4
    )
    decoder = transformers.MusicgenDecoderConfig(
        vocab_size=CODES,
        hidden_size=24,
        ffn_dim=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_codebooks=codebooks,
        audio_channels=channels,
        pad_token_id=CODES,
        bos_token_id=CODES,
        decoder_start_token_id=CODES,
    )
    config = transformers.MusicgenConfig(
        text_encoder=text_config,
        audio_encoder=encodec(encoder_codebooks or codebooks),
        decoder=decoder,
    )
    torch.manual_seed(0)
    model = transformers.MusicgenForConditionalGeneration(config).eval()
    with torch.no_grad():  # the makers begin near zero, where every prompt sounds the same
        for parameter in model.decoder.parameters():
            parameter.mul_(4 if parameter.dim() > 1 else 1)
        for layer in model.audio_encoder.quantizer.layers:  # and codebooks at zero
            layer.codebook.embed.normal_(0, 0.1)
    freeze_encoders(model, text=not text)
    return model


def encodec(codebooks: int):
    """Two steps' worth of upsampling; its bandwidth holds exactly these codebooks."""
    return transformers.EncodecConfig(
        target_bandwidths=[codebooks * 4 * 200 / 1000],
        sampling_rate=1600,
        upsampling_ratios=[4, 2],
        num_filters=4,
        hidden_size=8,
        codebook_size=CODES,
        codebook_dim=8,
        num_lstm_layers=1,
        normalize=False,
    )


def clips(codebooks: int = 4) -> list[Clip]:
    """Of different lengths and prompts; the fourth has none."""
    generator = np.random.default_rng(3)
    return [
        Clip(
            generator.integers(0, CODES, (codebooks, steps)),
            tuple(generator.integers(1, WORDS, words)),
        )
        for steps, words in ((9, 5), (6, 3), (9, 1), (4, 0), (7, 4), (9, 5))
    ]
