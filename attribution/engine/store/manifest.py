"""The manifest that seals a store: sizes and hashes of all files, written last."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np

from attribution.engine.errors import DamagedStore, UnfinishedStore
from attribution.engine.files import sha256_of, write_atomically
from attribution.engine.store.layout import (
    FORMAT,
    Description,
    curvature_file,
    listed,
    rows_file,
    scales_file,
    sidecar_file,
)
from attribution.engine.store.shards import fault, read_sidecar
from attribution.engine.store.tracks import NAME as TRACKS

NAME = "manifest.json"


def write(root: Path, description: Description) -> None:
    """Verify every shard by its hash, gather the scales, and write the manifest.

    Raises UnfinishedStore naming each shard that is missing, torn, altered or foreign.
    """
    faults = [
        f"{rows_file(member, shard)} is {wrong}"
        for member in description.members
        for shard in range(description.n_shards)
        if (wrong := fault(root, description, member, shard, hashes=True))
    ]
    if faults:
        raise UnfinishedStore(
            f"The store at {root} cannot be sealed: {listed(faults)}. Capture these shards (again)."
        )
    for leftover in root.glob("shards/*/*.part"):  # of writers that were killed
        leftover.unlink(missing_ok=True)
    for member in description.members:
        _write_scales(root, description, member)
    entries = {name: _entry(root / name) for name in _present(root, description)}
    text = json.dumps({"format": FORMAT, "files": entries}, indent=1, sort_keys=True).encode()
    write_atomically(root / NAME, lambda file: file.write(text))


def verify(root: Path, description: Description, *, full: bool) -> None:
    """Compare every file with the manifest: its size, and its sha256 if `full`.

    Curvatures may be missing: a store that was sent away may have left them at home, and is read
    all the same. Raises UnfinishedStore without a manifest, and DamagedStore naming the files at
    fault.
    """
    if not (root / NAME).exists():
        raise UnfinishedStore(
            f"The store at {root} is not sealed: finish its capture and call seal()."
        )
    entries = _read(root)
    if len(entries) < len(description.members) * description.n_shards:  # before names are made
        raise DamagedStore(f"The store at {root} lists fewer files than it has shards.")
    unlisted = set(_files(description)) - set(entries)
    faults = [f"{name} is not in the manifest" for name in sorted(unlisted)]
    at_home = {curvature_file(member) for member in description.members}
    for name in sorted(entries):
        if name in at_home and not (root / name).exists():
            continue
        wrong = _wrong(root / name, entries[name], full=full)
        faults += [f"{name} is {wrong}"] if wrong else []
    if faults:
        raise DamagedStore(
            f"The store at {root} is damaged: {listed(faults)}. Restore these files from a copy, "
            "or capture a new store; nothing is computed from it as it is."
        )


def digest(root: Path) -> str:
    """Return the sha256 of the manifest. Raises UnfinishedStore without one."""
    if not (root / NAME).exists():
        raise UnfinishedStore(f"The store at {root} is not sealed, so it has no digest yet.")
    return sha256_of(root / NAME)


def _files(description: Description) -> list[str]:
    names = ["config.json", *(scales_file(member) for member in description.members)]
    for member in description.members:
        for shard in range(description.n_shards):
            names += [rows_file(member, shard), sidecar_file(member, shard)]
    return names


def _present(root: Path, description: Description) -> list[str]:
    """Return what the manifest lists: all that every store has, and what else is kept beside it."""
    optional = [TRACKS, *(curvature_file(member) for member in description.members)]
    return [*_files(description), *(name for name in optional if (root / name).exists())]


def _write_scales(root: Path, description: Description, member: str) -> None:
    gathered: list[float] = []
    for shard in range(description.n_shards):
        sidecar = read_sidecar(root, member, shard)
        assert sidecar is not None  # `write` has just verified it
        gathered += sidecar.scales
    buffer = io.BytesIO()
    np.save(buffer, np.array(gathered, dtype="<f4"), allow_pickle=False)
    write_atomically(root / scales_file(member), lambda file: file.write(buffer.getvalue()))


def _entry(path: Path) -> dict[str, Any]:
    return {"bytes": path.stat().st_size, "sha256": sha256_of(path)}


def _read(root: Path) -> dict[str, dict[str, Any]]:
    try:
        manifest = json.loads((root / NAME).read_bytes())
        entries: dict[str, dict[str, Any]] = manifest["files"]
        return {name: {"bytes": e["bytes"], "sha256": e["sha256"]} for name, e in entries.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedStore(f"The manifest of the store at {root} cannot be read.") from error


def _wrong(path: Path, entry: dict[str, Any], *, full: bool) -> str | None:
    if not path.exists():
        return "missing"
    if path.stat().st_size != entry["bytes"]:
        return "torn"
    if full and sha256_of(path) != entry["sha256"]:
        return "altered"
    return None
