"""Scripts, styles and fonts, collected and compressed before a server of ours serves them."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders

from config.embedded.locking import exclusive
from config.environment import BASE_DIR


class StaticFilesNotCollected(Exception):
    """`collectstatic` failed; the message holds what it said."""


def collect_if_changed() -> bool:
    """Run `collectstatic` unless what it collected last is what there is; returns whether it ran.

    In a process of its own, so that this one's settings (those of a test) play no part.

    Raises:
        StaticFilesNotCollected: a file names one that does not exist, or cannot be written.
    """
    root = Path(settings.STATIC_ROOT)
    mark = root.with_name(f"{root.name}.collected")
    with exclusive(root.with_name(f"{root.name}.lock")):
        digest = _digest()
        if mark.exists() and mark.read_text() == digest:
            return False
        _replace(root)
        mark.write_text(digest)
    return True


def _replace(root: Path) -> None:
    """Collect beside the root and put the result there in one move.

    `collectstatic` makes files and removes them again while it works; a server that starts
    meanwhile must not see that.
    """
    fresh, old = root.with_name(f"{root.name}.fresh"), root.with_name(f"{root.name}.old")
    for folder in (fresh, old):
        shutil.rmtree(folder, ignore_errors=True)
    _collect(fresh)
    if root.exists():
        root.rename(old)
    fresh.rename(root)
    shutil.rmtree(old, ignore_errors=True)


def _collect(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"],
        cwd=BASE_DIR,
        env={**os.environ, "STATIC_ROOT": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise StaticFilesNotCollected(f"collectstatic failed:\n{done.stderr.strip()[-2000:]}")


def _digest() -> str:
    """A hash of the names, sizes and times of all files that would be collected."""
    seen = hashlib.sha256(str(settings.STATIC_ROOT).encode())
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=lambda item: item[0]):
            stat = Path(storage.path(path)).stat()
            seen.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return seen.hexdigest()
