"""One installation for all tests of a run: a demo that was killed, resumed and repeated, served.

Everything happens as a newcomer does it: `python -m demo` and `make serve`'s command, in a home
folder with servers of its own. Test processes that run side by side share it: the first one makes
it while the others wait, the last one ends it.
"""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from config.embedded.locking import exclusive

ROOT = Path(__file__).resolve().parents[2]
SERVE_SECONDS = 90


@dataclass(frozen=True)
class Installation:
    """What was made, what was said meanwhile, and where it is served."""

    home_folder: str
    origin: str
    server_pid: int
    first_output: str  # of the run that took up the killed one
    second_output: str  # of the run after it
    documents: list[dict[str, str]]  # the statements' files with their hashes, after each of both

    @property
    def home(self) -> Path:
        return Path(self.home_folder)

    @property
    def storage(self) -> Path:
        return self.home / "storage"

    @property
    def people(self) -> dict[str, str]:
        """Passwords by the part of the e-mail address before the @, from the file of the demo."""
        lines = (self.home / "demo/users.txt").read_text().splitlines()
        rows = [line.split() for line in lines]
        return {row[0].partition("@")[0]: row[1] for row in rows if len(row) == 2 and "@" in row[0]}

    def add(self, what: str) -> str:
        """A month or a run more than the demo has; what the portal's addresses call it."""
        command = [sys.executable, "-m", "tests.e2e.additions", what]
        made = subprocess.run(
            command,
            cwd=ROOT,
            env=environment(self.home),
            capture_output=True,
            text=True,
            check=False,
        )
        assert made.returncode == 0, made.stderr
        return made.stdout.split()[-1]


@contextmanager
def shared_installation(run: str) -> Iterator[Installation]:
    """The installation of a test run, made if nobody has; `run` names the run."""
    home = Path(tempfile.gettempdir()) / f"tantieme-e2e-{run}"
    lock, record = home.with_suffix(".lock"), home / "installation.json"
    mine = home / "in-use" / str(os.getpid())
    with exclusive(lock):
        if not home.exists():
            _begin(home, record)
        mine.touch()
    try:
        yield Installation(**json.loads(record.read_text()))
    finally:
        with exclusive(lock):
            mine.unlink()
            if not any(mine.parent.iterdir()):
                _end(home)
                lock.unlink()


def environment(home: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {"TANTIEME_HOME": str(home), "COLUMNS": "140", "PYTHONUNBUFFERED": "1"}


def _begin(home: Path, record: Path) -> None:
    home.mkdir(mode=0o755)
    (home / "in-use").mkdir()
    try:
        record.write_text(json.dumps(asdict(_make(home))))
    except BaseException:
        _end(home)
        raise


def _make(home: Path) -> Installation:
    _kill_one(home)
    first = _finish(_start_demo(home))
    before = _documents(home)
    second = _finish(_start_demo(home))
    server, origin = _serve(home)
    return Installation(str(home), origin, server.pid, first, second, [before, _documents(home)])


def _start_demo(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "demo", "--size", "tiny"],
        cwd=ROOT,
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _kill_one(home: Path) -> None:
    """Start the demo and kill it while it captures gradients."""
    process = _start_demo(home)
    assert process.stdout is not None
    for line in process.stdout:
        if "Store the gradients" in line:
            break
    time.sleep(1)
    process.send_signal(signal.SIGKILL)
    process.communicate()


def _finish(process: subprocess.Popen[str]) -> str:
    output, _ = process.communicate(timeout=600)
    assert process.returncode == 0, output
    return output


def _documents(home: Path) -> dict[str, str]:
    """Every statement's file with its hash."""
    folder = home / "storage" / "statements"
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _serve(home: Path) -> tuple[subprocess.Popen[bytes], str]:
    """Do what `make serve` does; returns the process and the address that it prints."""
    log = home / "serve.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "config.serving"],
            cwd=ROOT,
            env=environment(home) | {"PORT": "0"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # it serves until the last test process has ended
        )
    try:
        return process, _address_in(log, process)
    except BaseException:
        process.terminate()
        raise


def _address_in(log: Path, server: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + SERVE_SECONDS
    while not (found := re.search(r"(http://127\.0\.0\.1:\d+)/?\s", log.read_text())):
        assert server.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)
    return found.group(1)


def _end(home: Path) -> None:
    record = home / "installation.json"
    if record.exists():
        with suppress(ProcessLookupError):
            os.kill(json.loads(record.read_text())["server_pid"], signal.SIGTERM)
    subprocess.run(
        [sys.executable, "-m", "config.embedded", "stop"],
        cwd=ROOT,
        env=environment(home),
        check=True,
        capture_output=True,
    )
    shutil.rmtree(home)
