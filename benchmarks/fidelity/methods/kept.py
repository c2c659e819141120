"""Scores that are kept in a file, so that a truth that grows can be reported on again at once.

Scores depend on the checkpoint, the segments, the queries and the method, and not on the truth. A
file is trusted only for exactly these: its digest covers them, the versions of the libraries, the
method's settings, and the code that makes the scores, ours included; anything else, a torn file
among it, is made again.
"""

import hashlib
import json
import re
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from attribution.reference.files import write_atomically
from benchmarks.fidelity.methods.base import Member, Method, Scores

_ROOT = Path(__file__).parents[3]
# What may change our own scores: not what is made of them later, such as shares.
_ENGINE = ("gradients", "curvature", "projections", "scan", "featuriser.py", "store/codes.py")
_UNREADABLE = (KeyError, EOFError, OSError, ValueError, zipfile.BadZipFile)


@dataclass(frozen=True)
class _File:
    digest: str
    seconds: float
    by_setting: dict[str, Scores]


class Kept(Method):
    """Another method, whose scores of a member are read from `folder` once they have been made."""

    def __init__(self, method: Method, folder: Path) -> None:
        self.method, self.folder = method, folder
        self.name, self.number_bytes = method.name, method.number_bytes
        self._seconds: dict[str, float] = {}

    def row_numbers(self, member: Member) -> int:
        """As the method says."""
        return self.method.row_numbers(member)

    def kept_seconds(self, member: Member) -> float | None:
        """What the scores cost when they were made."""
        return self._seconds.get(member.name)

    def path(self, member: Member) -> Path:
        """Where a member's scores lie."""
        words = re.sub(r"[^\w-]+", "-", f"{self.name}-{member.name}").strip("-")
        return self.folder / f"{words}.npz"

    def scores(self, member: Member) -> Iterator[tuple[str, Scores]]:
        """Yield what the method yields; nothing is kept of a method that raises."""
        digest = digest_of(self.method, member)
        found = _read(self.path(member))
        if found is None or found.digest != digest:
            found = self._made(member, digest)
            _write(self.path(member), found)
        self._seconds[member.name] = found.seconds
        yield from found.by_setting.items()

    def _made(self, member: Member, digest: str) -> _File:
        for need in self.method.needs:
            getattr(member, need)  # made now, so that it is not timed twice
        started, spent = time.process_time(), sum(member.seconds[n] for n in self.method.needs)
        by_setting = dict(self.method.scores(member))
        return _File(digest, spent + time.process_time() - started, by_setting)


def digest_of(method: Method, member: Member) -> str:
    """The sha256 of all that the scores depend on."""
    digest = hashlib.sha256(json.dumps(_facts(method, member), sort_keys=True).encode())
    for name, value in sorted(member.model.state_dict().items()):
        digest.update(f"{name}{tuple(value.shape)}".encode())
        digest.update(value.cpu().contiguous().numpy().tobytes())
    for query in member.queries:
        digest.update(f"{len(query)}:".encode() + np.ascontiguousarray(query, "<i2").tobytes())
    return digest.hexdigest()


def _facts(method: Method, member: Member) -> dict[str, Any]:
    library = getattr(method, "distribution", None)
    return {
        "format": 1,
        "member": member.name,
        "corpus": member.corpus.sha256(),
        "method": f"{type(method).__module__}.{type(method).__qualname__}",
        "code": _code(type(method).__module__, with_engine=library is None),
        "settings": {name: repr(value) for name, value in vars(method).items()},
        "versions": {name: metadata.version(name) for name in ("torch", library) if name},
    }


def _code(module: str, *, with_engine: bool) -> str:
    """The sha256 of the method's own file, what the methods share and, for ours, the engine."""
    names = [f"{module.replace('.', '/')}.py", "benchmarks/fidelity/methods/base.py"]
    files = {_ROOT / name for name in [*names, "benchmarks/fidelity/gradients.py"]}
    if with_engine:
        places = [_ROOT / "attribution/engine" / name for name in _ENGINE]
        files |= {
            f for place in places for f in ([place] if place.is_file() else place.rglob("*.py"))
        }
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.relative_to(_ROOT).as_posix().encode() + file.read_bytes())
    return digest.hexdigest()


def _read(path: Path) -> _File | None:
    try:
        with np.load(path, allow_pickle=False) as stored:
            by_setting = dict(zip(stored["settings"].tolist(), stored["scores"], strict=True))
            return _File(str(stored["digest"]), float(stored["seconds"]), by_setting)
    except _UNREADABLE:
        return None


def _write(path: Path, found: _File) -> None:
    content = BytesIO()
    np.savez(
        content,
        digest=np.array(found.digest),
        seconds=np.array(found.seconds),
        settings=np.array(list(found.by_setting)),
        scores=np.stack(list(found.by_setting.values())),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, content.getvalue())
