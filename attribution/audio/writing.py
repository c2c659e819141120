"""Samples as a file that others can play."""

import io

import soundfile
from torch import Tensor


def flac(samples: Tensor, samples_per_second: int) -> bytes:
    """(n,) samples from −1 to 1 as a FLAC file of 16 bits a sample; louder ones are cut off."""
    content = io.BytesIO()
    loud = samples.clamp(-1, 1).numpy()
    soundfile.write(content, loud, samples_per_second, format="FLAC", subtype="PCM_16")
    return content.getvalue()
