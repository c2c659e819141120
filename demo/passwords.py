"""The file of the demo's passwords: drawn by chance, shown to its owner alone, read back.

It knows nothing of users; `people.py` sees to it that what it says works.
"""

import os
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FILE = "users.txt"
KEY = "API key"
HEADING = "People of the demo, with the passwords by which they sign in to the portal."
WORDS = (Path(__file__).parent / "words.txt").read_text(encoding="utf-8").split()


@dataclass(frozen=True)
class Entry:
    """A person as the file names them, with a key where they have one."""

    email: str
    password: str
    about: str
    key: str = ""


def invent() -> str:
    """A new password, which one can read aloud."""
    words = [secrets.choice(WORDS) for _ in range(3)]
    return "-".join([*words, str(1000 + secrets.randbelow(9000))])


def read(path: Path) -> dict[str, str]:
    """Passwords by e-mail address, and the key as `KEY`; empty if there is no file."""
    if not path.exists():
        return {}
    text = path.read_text(encoding="utf-8")
    return dict(re.findall(rf"^ *(\S+@\S+|{KEY}) +(\S+)$", text, re.MULTILINE))


def write(path: Path, entries: Sequence[Entry]) -> str:
    """Write the file whole or not at all; from its first byte nobody else can read it.

    Returns:
        Its text.
    """
    text = "\n".join([HEADING, *map(_lines, entries)]) + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(text)
    part.replace(path)
    return text


def _lines(entry: Entry) -> str:
    key = f"\n    {KEY} {entry.key}" if entry.key else ""
    return f"\n{entry.email:<27}  {entry.password}\n    {entry.about}{key}"
