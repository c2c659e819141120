"""The child process that decodes a hostile recording; see `attribution.audio.confined`.

Its input is the open file. It gives up the memory, processor time and files that it does not need,
then writes lines of JSON: `{"samples_per_second"}`, for each block `{"samples"}` and that many
float32, little-endian, and at last `{"end"}` or `{"unreadable"}`, which says why no more comes.
"""

import json
import os
import sys
from collections.abc import Iterator
from typing import BinaryIO

from attribution.audio.decoding import UnreadableAudio, decoded
from catalog.media.decoder import confine

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 180


def main() -> None:
    # Decoders print warnings; only samples may reach the parent's pipe.
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    confine(memory_bytes=MEMORY_BYTES, cpu_seconds=CPU_SECONDS)
    with output:
        for part in answers(sys.stdin.buffer):
            output.write(part)


def answers(source: BinaryIO) -> Iterator[bytes]:
    """What is written of a recording."""
    try:
        rate, blocks = decoded(source)
        yield _line({"samples_per_second": rate})
        for block in blocks:
            yield _line({"samples": len(block)})
            yield block.astype("<f4", copy=False).tobytes()
    except UnreadableAudio as refusal:
        yield _line({"unreadable": str(refusal)})
    except MemoryError:
        reason = f"decoding it takes more than {MEMORY_BYTES >> 20} MiB of memory"
        yield _line({"unreadable": str(UnreadableAudio.because(reason))})
    except Exception as error:  # noqa: BLE001 whatever a decoder throws is said of this file
        reason = str(error) or type(error).__name__
        yield _line({"unreadable": str(UnreadableAudio.because(reason))})
    else:
        yield _line({"end": True})


def _line(answer: dict[str, object]) -> bytes:
    return json.dumps(answer).encode() + b"\n"
