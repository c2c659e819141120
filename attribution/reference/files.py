"""Files that are there completely or not at all."""

import os
from pathlib import Path


def write_atomically(path: Path, content: bytes) -> None:
    """The name appears only with all of the content behind it, also after a power failure."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
