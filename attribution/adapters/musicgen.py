"""MusicGen as Hugging Face has it: codes of several codebooks, told what to play by a text.

Owns what a sample is (codes and a prompt) and which of the model's numbers is differentiated. The
delay pattern is the model's own (`build_delay_pattern_mask`), so that it cannot drift from it.
Needs the extra `transformers`; nothing of it is imported before a model is used.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from attribution.engine.errors import BadGradients
from attribution.engine.outputs import TokenOutput, summed_loss
from attribution.engine.task import IntArray, Part


class Clip(NamedTuple):
    """One sample. A clip that the model learned or played without a text has no prompt tokens."""

    codes: IntArray  # (codebooks, steps)
    prompt: Sequence[int] = ()  # of the text encoder's tokenizer


class ClipBatch(NamedTuple):
    """Clips of a batch, delayed and padded on the right; what is padded is not counted."""

    codes: Tensor  # (B, codebooks, T): what the decoder reads
    targets: Tensor  # (B, codebooks, T): what comes next; 0 where not counted
    counted: Tensor  # (B, codebooks, T) bool
    prompt: Tensor  # (B, P)
    heard: Tensor  # (B, P) int64: 1 where the prompt is; all 0 is the null prompt of guidance


@dataclass(frozen=True)
class MusicgenTask:
    """Clips of codes, each code predicted from those before it and from the clip's prompt.

    model: the model that the engine is given too; it says how codes are delayed.
    clips: by segment number, a list or a function.
    output: what is differentiated, over the codes of all codebooks (`attribution.engine.outputs`).
    parts: if given, sample i is this part of a clip (`attribution.engine.Part`).
    """

    model: Any  # transformers.MusicgenForConditionalGeneration
    clips: Sequence[Clip] | Callable[[int], Clip]
    output: TokenOutput = summed_loss
    parts: Sequence[Part] | None = None

    def batch(self, segments: IntArray) -> ClipBatch:
        """Return delayed codes and prompts. Raises BadGradients for codes that do not fit."""
        parts = [self.parts[int(each)] for each in segments] if self.parts is not None else None
        chosen = [part.segment for part in parts] if parts else segments
        clips = [self._clip(int(segment)) for segment in chosen]
        pad = int(self.model.config.decoder.pad_token_id)
        delayed = self._delayed([torch.as_tensor(np.asarray(clip.codes)) for clip in clips], pad)
        targets = delayed[..., 1:]
        counted = targets != pad
        if parts:
            counted &= self._within(parts, counted)
        prompt, heard = _prompts([clip.prompt for clip in clips])
        found = (delayed[..., :-1], targets.where(counted, 0), counted, prompt, heard)
        return ClipBatch(*(tensor.to(self.model.device) for tensor in found))

    def sample_outputs(self, model: nn.Module, batch: ClipBatch) -> Tensor:
        """Return `output` of each clip, (B,)."""
        found = model(
            input_ids=batch.prompt,
            attention_mask=batch.heard,
            decoder_input_ids=batch.codes.flatten(0, 1),
            use_cache=False,
        )
        size = len(batch.codes)
        logits = found.logits.reshape(size, -1, found.logits.shape[-1])
        return self.output(logits, batch.targets.flatten(1), batch.counted.flatten(1))

    def _clip(self, segment: int) -> Clip:
        clip = self.clips(segment) if callable(self.clips) else self.clips[segment]
        codes, decoder = np.asarray(clip.codes), self.model.config.decoder
        books = decoder.num_codebooks
        if codes.ndim != 2 or len(codes) != books or codes.shape[1] < books:
            raise BadGradients(
                f"Clip {segment} has codes of shape {codes.shape}; the model needs "
                f"({books}, steps), and {books} steps at least, by which its codebooks are delayed."
            )
        if codes.min() < 0 or codes.max() >= decoder.vocab_size:
            raise BadGradients(
                f"Clip {segment} has codes from {codes.min()} to {codes.max()}; the model knows 0 "
                f"to {decoder.vocab_size - 1}. Encode it with the model's own audio encoder."
            )
        return clip

    def _delayed(self, rows: list[Tensor], pad: int) -> Tensor:
        """Each codebook a step later than the one before, after a first step of `pad`; in stereo
        each pair of codebooks.
        """
        codes = pad_sequence([row.long().T for row in rows], True, pad).transpose(1, 2)
        size, books, steps = codes.shape
        codes = torch.cat((codes.new_full((size, books, 1), pad), codes), 2)
        delays = books // self.model.config.decoder.audio_channels
        # Of the two that it returns, this one holds what is given beyond the first free place too.
        _, delayed = self.model.decoder.build_delay_pattern_mask(
            codes.flatten(0, 1), pad, max_length=steps + delays
        )
        found: Tensor = delayed.reshape(size, books, -1)
        return found

    def _within(self, parts: list[Part], counted: Tensor) -> Tensor:
        """Which places (B, codebooks, T) are of a sample's part."""
        books = torch.arange(counted.shape[1]) // self.model.config.decoder.audio_channels
        step = torch.arange(counted.shape[2]) - books.unsqueeze(1)  # before it was delayed
        first = torch.tensor([part.first for part in parts]).reshape(-1, 1, 1)
        stop = torch.tensor([part.stop for part in parts]).reshape(-1, 1, 1)
        found: Tensor = (step >= first) & (step < stop)
        return found


def freeze_encoders(model: Any, text: bool = True) -> None:
    """Leave the gradient to what learned music: MusicGen is trained with both encoders frozen.

    text: False where the text encoder was trained as well. The audio encoder is no part of what is
    differentiated, codes are its output.
    """
    model.audio_encoder.requires_grad_(False)
    if text:
        model.text_encoder.requires_grad_(False)


@torch.no_grad()
def encode(model: Any, samples: Tensor, samples_per_second: int) -> IntArray:
    """Sound (channels, samples) as codes (codebooks, steps), by the model's own audio encoder.

    Raises BadGradients for another sampling rate than the encoder's, or codes in several frames.
    """
    wanted = model.config.audio_encoder.sampling_rate
    if samples_per_second != wanted:
        raise BadGradients(
            f"The sound has {samples_per_second} samples a second; the model's audio encoder reads "
            f"{wanted}. Resample it first."
        )
    heard = samples.unsqueeze(0).to(next(model.audio_encoder.parameters()))
    found = model.audio_encoder.encode(heard).audio_codes
    if len(found) != 1:
        raise BadGradients(
            f"The audio encoder cut the sound into {len(found)} frames. Set chunk_length_s=None in "
            "its configuration, as MusicGen's own has it."
        )
    codes = found[0, 0]
    if model.config.decoder.audio_channels == 2 and 2 * len(codes) == model.decoder.num_codebooks:
        codes = codes.repeat_interleave(2, dim=0)  # one channel, played on both
    numbers: IntArray = codes.cpu().numpy().astype(np.int64)
    return numbers


def _prompts(prompts: list[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Tokens padded on the right, (B, P), and where they are; P is 1 at least."""
    rows = [torch.as_tensor(list(prompt), dtype=torch.int64) for prompt in prompts]
    longest = max(1, *(len(row) for row in rows)) if rows else 1
    tokens = torch.zeros(len(rows), longest, dtype=torch.int64)
    heard = torch.zeros_like(tokens)
    for place, row in enumerate(rows):
        tokens[place, : len(row)] = row
        heard[place, : len(row)] = 1
    return tokens, heard
