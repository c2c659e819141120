"""Schemathesis tries the running server with all that the description allows, and with what it
does not: examples, edges, random requests and chains of them, under every check it has."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.client.conftest import Served, served  # noqa: F401 a fixture

pytestmark = pytest.mark.slow
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
EXAMPLES = 3  # random requests an operation, beside the examples and edges
SECONDS = 240


def test_schemathesis_finds_nothing(served: Served, tmp_path):  # noqa: F811
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIGURATION)),
            *("run", f"{served.url}/api/v1/schema.json", "--checks", "all"),
            *("--header", f"Authorization: Bearer {served.acme}"),
            *("--max-examples", str(EXAMPLES), "--seed", "1", "--generation-deterministic"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        env={**os.environ, "NO_COLOR": "1", "PYTHONPATH": str(CONFIGURATION.parent)},
    )
    print(done.stdout)  # noqa: T201 its summary, or what it found
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr
    assert "No issues found" in done.stdout or " passed" in done.stdout
