"""The benchmark of sound reads every container in each way, and its table says how fast."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from benchmarks.audio import recordings

ROOT = Path(__file__).resolve().parents[2]


def test_decoding_is_timed_for_every_container_and_way():
    command = [sys.executable, "-m", "benchmarks.audio", "decode", "--minutes", "0.1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    rows = [line.split("│") for line in done.stdout.splitlines() if line.startswith("│")]
    assert len(rows) == 4 * 3
    assert {row[2].strip() for row in rows} == {"WAV", "FLAC", "OGG", "MP3"}
    speeds = [float(row[4].strip().removesuffix(" ×").replace(",", "")) for row in rows]
    assert min(speeds) > 1, "slower than the music plays"


def test_a_folder_with_too_little_music_is_refused_in_a_sentence(tmp_path):
    command = [sys.executable, "-m", "benchmarks.audio", "recordings", "--folder", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "has recordings of 0 tracks" in done.stderr
    assert "at least 30 are needed" in done.stderr


def test_files_that_differ_by_a_number_are_clips_of_one_track(tmp_path):
    names = ("Sea-01.ogg", "Sea-02.ogg", "sub/Land.flac", "lc6583907.wav", "notes.txt")
    (tmp_path / "sub").mkdir()
    for name in names:
        (tmp_path / name).touch()
    found = [[path.name for path in paths] for paths in recordings.tracks_of(tmp_path)]
    assert sorted(found) == [["Land.flac"], ["Sea-01.ogg", "Sea-02.ogg"], ["lc6583907.wav"]]


@pytest.mark.parametrize(("seconds", "clips"), [(5, 0), (12, 1), (30, 1), (50, 2), (300, 4)])
def test_of_a_long_track_four_clips_are_taken_and_of_a_sound_none(seconds, clips):
    found = recordings.clips_of(torch.zeros(int(seconds * recordings.RATE)))
    assert len(found) == clips
    assert sum(map(len, found)) <= seconds * recordings.RATE
