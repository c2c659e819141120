"""How many seconds of a recording are read in a second of one core, and in how much memory?

The way of a recording to a model: decoded, mixed to one channel, resampled, and made into the
reference models' logarithmic mel spectrogram; and the way at intake: decoded and measured. The
baselines do the same as one would write it down: `soundfile.read` of the whole file, then
torchaudio's Resample and MelSpectrogram; and, for measuring, `soundfile.read` alone, which is the
least that it can take. Seconds are processor time of one thread, in a fork of its own that is warm,
so that who else uses the machine matters little; memory is that fork's peak above what its
libraries take. The recordings are made up: stereo at 44.1 kHz, chords that change, and noise.
"""

import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import soundfile
import torch
from rich.console import Console
from rich.table import Table

from attribution.audio.confined import stream_confined
from attribution.audio.loading import torchaudio
from attribution.audio.reading import stream
from attribution.audio.spectrum import Spectrum
from catalog.media.measuring import measure
from catalog.media.samples import SoundFile

RATE = 44_100
CONTAINERS = ("WAV", "FLAC", "OGG", "MP3")
WARM_UP_SECONDS = 12.0
SPECTRUM = Spectrum()


@dataclass(frozen=True)
class Cost:
    """What one way took."""

    cpu_seconds: float
    peak_bytes: int


def spectrogram(path: Path) -> None:
    """The way of the reference models."""
    for block in stream(path, SPECTRUM.samples_per_second):
        SPECTRUM.frames(torch.from_numpy(block))


def spectrogram_confined(path: Path) -> None:
    """The same, decoded in a child with limits."""
    for block in stream_confined(path, SPECTRUM.samples_per_second):
        SPECTRUM.frames(torch.from_numpy(block))


def spectrogram_baseline(path: Path) -> None:
    """soundfile and torchaudio, the whole file at once."""
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    transforms = torchaudio().transforms
    mono = torch.from_numpy(samples.T.copy()).mean(0)
    resampled = transforms.Resample(rate, SPECTRUM.samples_per_second)(mono)
    mel = transforms.MelSpectrogram(
        SPECTRUM.samples_per_second,
        n_fft=SPECTRUM.window_samples,
        hop_length=SPECTRUM.hop_samples,
        f_min=SPECTRUM.lowest_hz,
        n_mels=SPECTRUM.bands,
        power=1.0,
        norm="slaney",
    )
    mel(resampled).clamp_min(Spectrum().quietest).log()


def measured(path: Path) -> None:
    """All measures of intake."""
    with path.open("rb") as handle:
        measure(SoundFile(handle))


def measured_baseline(path: Path) -> None:
    """soundfile alone, the whole file at once: nothing is measured."""
    soundfile.read(path, dtype="float32", always_2d=True)


WAYS: dict[str, tuple[Callable[[Path], None], Callable[[Path], None]]] = {
    "decode, mix, resample, log-mel": (spectrogram, spectrogram_baseline),
    "the same, in a confined child": (spectrogram_confined, spectrogram_baseline),
    "decode and measure": (measured, measured_baseline),
}


def report(minutes: Sequence[float]) -> None:
    """Print the table."""
    table = Table(title="Seconds of a recording in a second of one core")
    for name in ("way", "file", "minutes", "here", "baseline", "ratio", "MiB here", "MiB baseline"):
        table.add_column(name, justify="left" if name in ("way", "file") else "right")
    with tempfile.TemporaryDirectory() as folder:
        for container in CONTAINERS:
            warm_up = _recording(Path(folder), container, WARM_UP_SECONDS)
            for length in minutes:
                path = _recording(Path(folder), container, 60 * length)
                for name, ways in WAYS.items():
                    here, baseline = (cost(way, warm_up, path) for way in ways)
                    table.add_row(name, container, *_cells(length, here, baseline))
    Console(width=120).print(table)


def _cells(minutes: float, here: Cost, baseline: Cost) -> tuple[str, ...]:
    speeds = [60 * minutes / each.cpu_seconds for each in (here, baseline)]
    mebibytes = [f"{each.peak_bytes / 2**20:,.0f}" for each in (here, baseline)]
    return (
        f"{minutes:g}",
        *(f"{speed:,.0f} ×" for speed in speeds),
        f"{speeds[0] / speeds[1]:.2f}",
        *mebibytes,
    )


def cost(way: Callable[[Path], None], warm_up: Path, path: Path) -> Cost:
    """What a way takes with a recording, in a fork of this process."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_take, args=(way, warm_up, path, sender))
    process.start()
    sender.close()
    found: Cost = receiver.recv()
    process.join()
    return found


def _take(way: Callable[[Path], None], warm_up: Path, path: Path, answer: Connection) -> None:
    torch.set_num_threads(1)
    way(warm_up)
    before, peak_before = _cpu_seconds(), _peak_bytes()
    way(path)
    answer.send(Cost(_cpu_seconds() - before, _peak_bytes() - peak_before))


def _cpu_seconds() -> float:
    """Of this process and of the children that ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _recording(folder: Path, container: str, seconds: float) -> Path:
    """A made-up piece: a chord every half second with its overtones, and a little noise."""
    path = folder / f"{seconds:g}.{container.lower()}"
    generator = np.random.default_rng(0)
    at = np.arange(RATE // 2) / RATE
    with soundfile.SoundFile(path, "w", RATE, 2, format=container) as output:
        for _ in range(round(seconds * 2)):
            hz = 55 * 2 ** (generator.integers(0, 48, (4, 2, 1)) / 12)
            chord = sum(np.sin(2 * np.pi * hz * n * at).sum(0) / n for n in (1, 2, 3, 4))
            noise = generator.normal(size=chord.shape)
            output.write((0.08 * chord * np.exp(-2 * at) + 0.01 * noise).T)
    return path
