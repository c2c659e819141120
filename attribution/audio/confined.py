"""Recordings straight from strangers, read as `attribution.audio.reading` reads trusted ones.

A child process with limits of its own decodes (`attribution.audio.pcm_child`) and sends the samples
through a pipe; this process resamples them. A file that makes its decoder crash, dally or grow is
thus refused with a sentence, and no worker dies of it. Whatever the child says is checked, since
a file may have taken it over.
"""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, cast

import numpy as np

from attribution.audio.decoding import FloatArray, UnreadableAudio, gathered
from attribution.audio.resampling import resampled
from catalog.media.kinds import LONGEST_SECONDS
from catalog.media.samples import BLOCK_NUMBERS, HIGHEST_RATE, LOUDEST, LOWEST_RATE

WALL_SECONDS = 60.0  # for one block; the limit on processor time is the child's own
LONGEST_LINE_BYTES = 1 << 12
_ROOT = str(Path(__file__).resolve().parents[2])
_PROGRAM = f"import sys; sys.path.insert(0, {_ROOT!r}); import attribution.audio.pcm_child as c; "
COMMAND = (sys.executable, "-I", "-B", "-c", f"{_PROGRAM} c.main()")
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
_OUT_OF_TIME = {-signal.SIGKILL, -signal.SIGXCPU}
_Child = subprocess.Popen[bytes]


def stream_confined(
    path: Path, samples_per_second: int, block_seconds: float = 10.0
) -> Iterator[FloatArray]:
    """As `reading.stream`, decoded in a confined child, which ends with the iterator.

    Raises UnreadableAudio for whatever is no whole recording, and for whatever the child does.
    """
    with path.open("rb") as handle:
        child = subprocess.Popen(
            COMMAND,
            stdin=handle,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=ENVIRONMENT,
            cwd="/",
            start_new_session=True,
        )
    try:
        own_rate = _count(_answer(child), "samples_per_second", LOWEST_RATE, HIGHEST_RATE)
        yield from resampled(_blocks(child, own_rate), own_rate, samples_per_second, block_seconds)
    finally:
        child.kill()
        cast(IO[bytes], child.stdout).close()
        child.wait()


def read_confined(
    path: Path, samples_per_second: int, most_seconds: float | None = None
) -> FloatArray:
    """As `reading.read_mono`, decoded in a confined child: (n,) samples. Raises UnreadableAudio."""
    blocks = stream_confined(path, samples_per_second)
    return gathered(blocks, samples_per_second, most_seconds)


def _blocks(child: _Child, samples_per_second: int) -> Iterator[FloatArray]:
    n_samples = 0
    while "end" not in (answer := _answer(child)):
        size = _count(answer, "samples", 1, BLOCK_NUMBERS)
        block = np.frombuffer(_read(child, size * 4), "<f4")
        n_samples += size
        if n_samples > (LONGEST_SECONDS + 1) * samples_per_second + BLOCK_NUMBERS:
            raise UnreadableAudio.because("it does not end")
        if not (float(block.max()) <= LOUDEST and float(block.min()) >= -LOUDEST):
            raise UnreadableAudio.because("some of its samples are no numbers of a sound")
        yield block


def _answer(child: _Child) -> dict[str, object]:
    """The child's next line. Raises UnreadableAudio for a refusal, nonsense and a death."""
    line = _in_time(child, lambda output: output.readline(LONGEST_LINE_BYTES))
    try:
        answer = json.loads(line)
    except ValueError:
        raise UnreadableAudio(_cause_of_death(child)) from None
    if not isinstance(answer, dict):
        raise UnreadableAudio(_cause_of_death(child))
    if "unreadable" in answer:
        raise UnreadableAudio(str(answer["unreadable"]))
    return answer


def _read(child: _Child, size_bytes: int) -> bytes:
    content = _in_time(child, lambda output: output.read(size_bytes))
    if len(content) < size_bytes:
        raise UnreadableAudio(_cause_of_death(child))
    return content


def _in_time(child: _Child, read: Callable[[IO[bytes]], bytes]) -> bytes:
    watchdog = threading.Timer(WALL_SECONDS, child.kill)
    watchdog.daemon = True
    watchdog.start()
    try:
        return read(cast(IO[bytes], child.stdout))
    finally:
        watchdog.cancel()


def _count(answer: dict[str, object], name: str, least: int, most: int) -> int:
    value = answer.get(name)
    if type(value) is not int or not least <= value <= most:
        raise UnreadableAudio.because(f"its decoder spoke nonsense of its {name.replace('_', ' ')}")
    return value


def _cause_of_death(child: _Child) -> str:
    """Why the child says no more; whoever still lives then is ended."""
    try:
        status = child.wait(timeout=1)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        status = 0
    if status in _OUT_OF_TIME:
        return "Decoding the recording takes too long; export the piece again."
    return "The recording made its decoder crash; export the piece again."
