"""Recordings that are broken, strange or hostile are refused with a sentence or read; no process
dies of one, and long ones need no more memory than short ones."""

import io
import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np
import pytest
import soundfile

from attribution.audio import confined
from attribution.audio.confined import read_confined, stream_confined
from attribution.audio.reading import UnreadableAudio, read_mono
from catalog.media import Prober, UnreadableMedia
from catalog.media.kinds import KINDS
from tests.audio.sounds import CONTAINERS, file, noise, write

KIND = {kind.label.upper(): kind for kind in KINDS}


def not_finite(value: float) -> bytes:
    samples = noise(2)
    samples[20_000] = value
    return file(samples, 22_050, subtype="FLOAT")


def at_rate(rate: int) -> bytes:
    """A WAV that states this rate: the rate stands in bytes 24 to 27."""
    content = bytearray(file(noise(1), 22_050))
    content[24:28] = rate.to_bytes(4, "little")
    return bytes(content)


BROKEN = {
    "empty": (b"", "The recording cannot be read"),
    "text": (b"MThd and no more", "The recording cannot be read"),
    "a header alone": (file(noise(1), 22_050)[:20], "The recording cannot be read"),
    "a cut WAV": (file(noise(2), 22_050)[:-100], "cut off before its end"),
    "a cut Ogg": (file(noise(2), 22_050, "OGG")[:-100], "cut off before its end"),
    "a cut FLAC": (file(noise(2), 22_050, "FLAC")[:-20_000], "The recording cannot be read"),
    "half an MP3": (file(noise(4), 22_050, "MP3")[:10_000], "before the length"),
    "no container that is taken": (file(noise(1), 22_050, "AIFF"), "its content is AIFF"),
    "not a number": (not_finite(np.nan), "no numbers of a sound"),
    "endless": (not_finite(np.inf), "no numbers of a sound"),
    "absurdly loud": (not_finite(1e30), "no numbers of a sound"),
    "no samples": (file(noise(0), 22_050), "it holds no samples"),
    "65 channels": (file(noise(0.1, channels=65), 22_050), "65 channels, and at most 64"),
    "a rate of 1": (at_rate(1), "it has 1 samples a second"),
    "a rate of 10 MHz": (at_rate(10_000_000), "10,000,000 samples a second"),
    "a rate of nothing": (at_rate(0), "The recording cannot be read"),
}


@pytest.mark.parametrize("read", [read_mono, read_confined])
@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_recording_is_refused_with_a_sentence(tmp_path, read, name):
    content, said = BROKEN[name]
    path = tmp_path / "a"
    path.write_bytes(content)
    with pytest.raises(UnreadableAudio, match=said) as refusal:
        read(path, 32_000)
    assert str(refusal.value).startswith("The recording cannot be read: ")
    assert str(refusal.value).endswith("; export the piece again.")


@pytest.mark.parametrize(
    ("samples", "rate"),
    [
        (noise(0.5, 768_000), 768_000),
        (noise(0.5, 44_100, channels=64), 44_100),
        (np.zeros((44_100, 2), np.float32), 44_100),
        (noise(1 / 22_050), 22_050),
        (noise(1, 2_000), 2_000),
    ],
    ids=["768 kHz", "64 channels", "silence", "one sample", "2 kHz"],
)
def test_strange_recordings_are_read(tmp_path, samples, rate):
    path = write(tmp_path / "a.wav", samples, rate)
    found = read_confined(path, 32_000)
    assert np.array_equal(found, read_mono(path, 32_000))
    assert len(found) == np.ceil(len(samples) * 32_000 / rate)
    with Prober() as prober:
        measures = prober.measures(path.read_bytes(), KIND["WAV"])
    assert (measures.samples_per_second, measures.n_channels) == (rate, samples.shape[1])
    assert measures.is_silent == (not samples.any())


def flipped(whole: np.ndarray) -> Iterator[bytes]:
    """A file with more and more bits turned over, most of them in the headers."""
    generator = np.random.default_rng(7)
    for n_flipped in (1, 2, 5, 20, 100) * 6:
        content = whole.copy()
        places = (len(content) * generator.random(n_flipped) ** 4).astype(int)
        content[places] ^= 1 << generator.integers(0, 8, n_flipped, dtype=np.uint8)
        yield content.tobytes()


@pytest.mark.parametrize("container", CONTAINERS)
def test_flipped_bits_are_refused_or_read_and_kill_no_decoder_for_good(tmp_path, container):
    """Every decoder, fed with its own format and bits turned over in it, at random but the same
    each time."""
    whole = np.frombuffer(file(noise(1, channels=2), 22_050, container), np.uint8)
    refusals = []
    with Prober() as prober:
        for content in flipped(whole):
            try:
                measures = prober.measures(content, KIND[container])
            except UnreadableMedia as refusal:
                refusals.append(str(refusal))
            else:
                assert 0 < measures.seconds < 6 * 3600
        honest = prober.measures(whole.tobytes(), KIND[container])
    assert honest.seconds == pytest.approx(1, abs=0.1)
    assert refusals
    assert all(each.endswith(".") for each in refusals)


def test_a_fuzzed_recording_is_refused_by_the_stream_too(tmp_path):
    generator = np.random.default_rng(8)
    for number, container in enumerate(CONTAINERS):
        content = bytearray(file(noise(1), 22_050, container))
        content[: len(content) // 3] = generator.bytes(len(content) // 3)
        path = tmp_path / str(number)
        path.write_bytes(content)
        with pytest.raises(UnreadableAudio, match=r"\.$"):
            read_confined(path, 32_000)


SLOW = 2_000  # samples a second, so that hours take seconds


def silent_flac(path, hours: float) -> None:
    """Hours of silence are few bytes."""
    minute = np.zeros((SLOW * 60, 1), np.int16)
    with soundfile.SoundFile(path, "w", SLOW, 1, format="FLAC") as output:
        for _ in range(round(60 * hours)):
            output.write(minute)


def test_twelve_hours_are_refused_after_six(tmp_path):
    path = tmp_path / "long.flac"
    silent_flac(path, 12)
    with pytest.raises(UnreadableAudio, match="more than 6 hours"):
        for _ in stream_confined(path, SLOW):
            pass
    with Prober() as prober, pytest.raises(UnreadableMedia, match="more than 6 hours"):
        prober.measures(path.read_bytes(), KIND["FLAC"])


PEAK_BYTES = """
import resource, sys
from pathlib import Path
from attribution.audio.{module} import {stream}
n_samples = sum(len(block) for block in {stream}(Path(sys.argv[1]), 8_000))
print(n_samples, resource.getrusage(resource.RUSAGE_{who}).ru_maxrss)
"""


@pytest.mark.parametrize(
    ("module", "stream", "who"),
    [("reading", "stream", "SELF"), ("confined", "stream_confined", "CHILDREN")],
)
def test_hours_need_the_memory_of_minutes(tmp_path, module, stream, who):
    kibibytes = []
    for name, hours in (("short", 0.05), ("long", 1)):
        path = tmp_path / name
        silent_flac(path, hours)
        program = PEAK_BYTES.format(module=module, stream=stream, who=who)
        done = subprocess.run(
            [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True
        )
        n_samples, peak = map(int, done.stdout.split())
        assert n_samples == hours * 3600 * 8_000
        kibibytes.append(peak)
    short, long = kibibytes
    assert long < short + 48 * 1024  # an hour at 8 kHz is 110 MiB


MISBEHAVING = """
import os, signal, sys, time
sys.stdout.buffer.write(b'{"samples_per_second": 8000}\\n{"samples": 4}\\n' + bytes(16))
sys.stdout.flush()
"""
TRICKS = {
    "crash": ("os.kill(os.getpid(), signal.SIGSEGV)", "made its decoder crash"),
    "dally": ("time.sleep(60)", "takes too long"),
    "stop": ("", "made its decoder crash"),
    "nonsense": ("print('[1]')", "made its decoder crash"),
    "a line without end": ("print('x' * 100_000)", "made its decoder crash"),
    "too many": ("print('{\"samples\": 99999999999}')", "nonsense of its samples"),
    "fewer than none": ("print('{\"samples\": -1}')", "nonsense of its samples"),
    "no numbers": (
        "sys.stdout.buffer.write(b'{\"samples\": 1}\\n\\xff\\xff\\xff\\xff')",
        "no numbers of a sound",
    ),
}


@pytest.mark.parametrize("trick", TRICKS)
def test_whatever_the_child_does_is_said_of_the_file(tmp_path, monkeypatch, trick):
    doing, said = TRICKS[trick]
    monkeypatch.setattr(confined, "COMMAND", (sys.executable, "-I", "-c", MISBEHAVING + doing))
    if trick == "dally":
        monkeypatch.setattr(confined, "WALL_SECONDS", 2.0)
    path = write(tmp_path / "a.wav", noise(1), 22_050)
    started = time.monotonic()
    with pytest.raises(UnreadableAudio, match=said):
        read_confined(path, 32_000)
    assert time.monotonic() - started < 30


def test_no_child_outlives_its_stream(tmp_path, monkeypatch):
    begun = []
    popen = subprocess.Popen

    def noting(*arguments, **options):
        begun.append(popen(*arguments, **options))
        return begun[-1]

    monkeypatch.setattr(subprocess, "Popen", noting)
    path = write(tmp_path / "a.wav", noise(60), 22_050)
    blocks = stream_confined(path, 22_050, block_seconds=1)
    next(blocks)
    blocks.close()
    assert begun[0].poll() is not None
    assert io.BytesIO(path.read_bytes()).read(4) == b"RIFF"  # and the file is as it was
