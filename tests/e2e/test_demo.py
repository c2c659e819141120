"""The whole job in one command, with its own servers and a real worker: killed, resumed, repeated.

The same code as `make demo`, on a handful of songs.
"""

import csv
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="tantieme-demo-"))
    folder.chmod(0o755)
    yield folder
    subprocess.run(
        [sys.executable, "-m", "config.embedded", "stop"],
        cwd=ROOT,
        env=environment(folder),
        check=True,
        capture_output=True,
    )
    shutil.rmtree(folder)


def environment(home: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {"TANTIEME_HOME": str(home), "COLUMNS": "140", "PYTHONUNBUFFERED": "1"}


def start(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "demo", "--size", "tiny"],
        cwd=ROOT,
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> str:
    output, _ = process.communicate(timeout=600)
    assert process.returncode == 0, output
    return output


def documents(home: Path) -> dict[str, str]:
    """Every statement's file with its hash."""
    folder = home / "storage" / "statements"
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def first_output(home: Path) -> str:
    """The output of a run that follows one that was killed while it captured gradients."""
    killed = start(home)
    assert killed.stdout is not None
    for line in killed.stdout:
        if "Store the gradients" in line:
            break
    time.sleep(1)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    return finish(start(home))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_run_that_was_killed_is_taken_up_and_finished(first_output):
    for promise in (
        "5-gram, modified Kneser-Ney",
        "part of a control song",
        "What each party is owed",
        "platform's commission",
        "books balance",
        "Time and memory of each stage",
    ):
        assert promise in first_output, first_output


@pytest.mark.slow
def test_statements_lie_on_disk_as_pdf_and_csv(first_output, home):
    files = documents(home)
    pdfs = [name for name in files if name.endswith(".pdf")]
    assert pdfs
    assert {name.removesuffix(".pdf") for name in pdfs} == {
        name.removesuffix(".csv") for name in files if name.endswith(".csv")
    }
    folder = home / "storage" / "statements"
    assert "Cadenza" in PdfReader(folder / pdfs[0]).pages[0].extract_text()
    with (folder / pdfs[0].replace(".pdf", ".csv")).open(encoding="utf-8", newline="") as handle:
        assert list(csv.DictReader(handle)), "a statement has lines"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_second_run_counts_nothing_twice(first_output, home):
    before = documents(home)
    output = finish(start(home))
    assert "nothing counted twice" in output
    assert documents(home) == before

    def money(text: str) -> str:
        return text[text.index("What each party is owed") : text.index("Time and memory")]

    assert money(output) == money(first_output)
