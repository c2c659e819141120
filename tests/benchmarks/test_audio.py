"""The benchmark of sound reads every container in each way, and its table says how fast."""

import subprocess
import sys
from pathlib import Path

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
