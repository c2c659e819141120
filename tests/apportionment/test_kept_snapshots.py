"""A snapshot that an earlier release kept still pays and proves what it did then, to the byte.

`kept/one_right.npz` was written before a contract could pay two rights, and `one_right.json` holds
the hashes of what came of it under every model. Never write these files anew: closed periods have
such snapshots.
"""

import io
import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from royalty.apportionment import Rules, Snapshot, allocate
from royalty.proof import SECRET_BYTES, PeriodTree, ProvenLines
from royalty.selectors.runs import lines_sha256

KEPT = Path(__file__).parent / "kept"
THEN: dict[str, Any] = json.loads((KEPT / "one_right.json").read_text())
RUNS: list[dict[str, Any]] = THEN["runs"]


def kept() -> Snapshot:
    return Snapshot.load(str(KEPT / "one_right.npz"))


def test_its_digest_and_its_bytes_are_what_they_were() -> None:
    buffer = io.BytesIO()
    kept().save(buffer)
    assert kept().digest() == THEN["digest"]
    assert sha256(buffer.getvalue()).hexdigest() == THEN["file_sha256"]


@pytest.mark.parametrize("run", RUNS, ids=[f"{run['model']}-{run['fallback']}" for run in RUNS])
def test_its_lines_and_their_root_are_what_they_were(run: dict[str, Any]) -> None:
    snapshot = replace(kept(), parameters=tuple(run["parameters"].items()))
    rules = Rules(fallback=run["fallback"], idle_subscribers=run["idle_subscribers"])
    lines = allocate(snapshot, run["model"], THEN["pool_atoms"], rules)
    proven = ProvenLines(snapshot, lines, model=run["model"], rights=("recording",), currency="EUR")
    root = PeriodTree(proven, [], secret=bytes(range(SECRET_BYTES))).root_sha256
    assert snapshot.digest() == run["digest"]
    assert lines_sha256(lines) == run["lines_sha256"]
    assert root == run["root_sha256"]
