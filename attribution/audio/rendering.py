"""Songs as sound: notes played by a struck and a blown instrument, made of sines.

Lets the bundled songs, which are notes, be heard and learnt from as recordings without a collection
of samples, whose files are larger than this project. Plain on purpose: overtones that fade, each
faster than the one below it; nothing is random. It must not know about models.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]

OVERTONES = 10
LONGEST_TONE_SECONDS = 6.0
RELEASE_SECONDS, ATTACK_SECONDS, BLOWN_ATTACK_SECONDS = 0.08, 0.004, 0.05
VIBRATO_HZ, VIBRATO_DEPTH = 5.2, 0.004
FIRST_BLOWN, AFTER_BLOWN = 52, 80  # General MIDI programs of voices, brass, reeds and pipes
PEAK = 0.9


def render(midi: bytes, samples_per_second: int, most_seconds: float | None = None) -> Sound:
    """Play a MIDI file, (n,), from its first note on and for at most `most_seconds`.

    Raises ValueError for a file without notes.
    """
    import symusic

    ticks: Any = symusic.Score.from_midi(midi)
    score = ticks.to("second")
    notes = [
        (note.start, note.duration, note.pitch, note.velocity, _is_blown(track))
        for track in score.tracks
        for note in track.notes
    ]
    if not notes:
        raise ValueError("There is no note in this file to be played.")
    first = min(note[0] for note in notes)
    last = max(note[0] + note[1] for note in notes) - first
    seconds = last if most_seconds is None else min(last, most_seconds)
    whole = np.zeros(int((seconds + RELEASE_SECONDS) * samples_per_second) + 1, dtype=np.float32)
    for start, duration, pitch, velocity, is_blown in notes:
        place = int((start - first) * samples_per_second)
        if place < len(whole):
            tone = _note(pitch, duration, is_blown, samples_per_second)[: len(whole) - place]
            whole[place : place + len(tone)] += (velocity / 127) ** 1.5 * tone
    return np.asarray(whole * (PEAK / np.abs(whole).max()), dtype=np.float32)


def render_file(path: Path, samples_per_second: int, most_seconds: float | None = None) -> Sound:
    """As `render`, of a file."""
    return render(path.read_bytes(), samples_per_second, most_seconds)


def _is_blown(track: Any) -> bool:
    return FIRST_BLOWN <= int(track.program) < AFTER_BLOWN


def _note(pitch: int, duration: float, is_blown: bool, rate: int) -> Sound:
    """A tone that ends after `duration` seconds, with its release."""
    release = int(RELEASE_SECONDS * rate)
    held = int(min(max(duration, 0.05), LONGEST_TONE_SECONDS - RELEASE_SECONDS) * rate)
    tone = _tone(pitch, is_blown, rate)[: held + release].copy()
    tone[held:] *= np.linspace(1, 0, len(tone) - held, dtype=np.float32)
    return tone


@lru_cache(maxsize=256)
def _tone(pitch: int, is_blown: bool, rate: int) -> Sound:
    """A tone as long as any may sound."""
    hertz = 440 * 2 ** ((pitch - 69) / 12)
    time = np.arange(int(LONGEST_TONE_SECONDS * rate), dtype=np.float32) / rate
    wobble = VIBRATO_DEPTH * np.sin(2 * np.pi * VIBRATO_HZ * time) / VIBRATO_HZ if is_blown else 0
    attack = BLOWN_ATTACK_SECONDS if is_blown else ATTACK_SECONDS
    tone = np.zeros_like(time)
    for overtone in range(1, OVERTONES + 1):
        if hertz * overtone < rate / 2:
            fading = 0.0 if is_blown else (0.8 + 0.5 * overtone) * (hertz / 262) ** 0.5
            power = overtone ** (-1.0 if is_blown else -1.4)
            wave = np.sin(2 * np.pi * hertz * overtone * (time + wobble))
            tone += power * np.exp(-fading * time) * wave
    tone *= np.minimum(1, time / attack)
    return np.asarray(tone * (0.5 if is_blown else 1.0), dtype=np.float32)
