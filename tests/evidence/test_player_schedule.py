"""The player's arithmetic, tested in the language that it is written in."""

import shutil
import subprocess
from pathlib import Path

import pytest

TESTS = sorted(map(str, Path(__file__).parent.glob("player_*.test.mjs")))
NODE = shutil.which("node")


@pytest.mark.skipif(NODE is None, reason="the player's own tests run in node, which is not here")
def test_the_player_schedules_as_it_promises():
    run = subprocess.run(
        [NODE, "--test", *TESTS], capture_output=True, text=True, check=False, timeout=60
    )
    assert run.returncode == 0, run.stdout + run.stderr
