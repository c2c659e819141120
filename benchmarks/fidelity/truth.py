"""The observed losses of retrained models, as small files that come with this package.

Owns their format: `generated.npy` (tokens of the generated queries), `halves.npy` (which tracks
each retraining saw), `losses-seed-<s>.npy` (float64, one row a retraining, one column a query,
summed nats) and `manifest.json` with their hashes, the world they belong to and how they were made.
Whatever does not match is refused: a score against another world's truth means nothing.
"""

import hashlib
import io
import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from attribution.reference.arrays import BoolArray, FloatArray, Tokens
from attribution.reference.files import write_atomically
from attribution.reference.training import run_identity
from benchmarks.fidelity.world import Queries, World, digest_of, queries_of

FOLDER = Path(__file__).parent / "cache"
COMMAND = "python -m benchmarks.fidelity retrain"
_MANIFEST, _GENERATED, _SUBSETS = "manifest.json", "generated.npy", "halves.npy"


class SpoiledTruth(ValueError):
    """The cached truth is missing, damaged, or another world's."""


@dataclass(frozen=True)
class Truth:
    """What was observed, and on what."""

    queries: Queries
    subsets: BoolArray  # (n_subsets, n_tracks) which tracks each model saw
    losses: FloatArray  # (n_seeds, n_subsets, n_queries)
    seeds: tuple[int, ...]

    def observed(self) -> FloatArray:
        """The losses averaged over seeds, (n_subsets, n_queries)."""
        mean: FloatArray = self.losses.mean(0)
        return mean


def world_identity(world: World) -> str:
    """The sha256 of what the full model is: its sizes, its run and every token."""
    return run_identity(world.model, world.full_run(), world.full_corpus())


def work_identity(
    world: World, queries: Queries, subsets: BoolArray, *, paired: bool = False
) -> str:
    """The sha256 of all that decides a retraining's losses but its seed and its subset."""
    tokens = np.concatenate(queries.sequences).astype(np.int64)
    parts = [world_identity(world), digest_of(tokens), digest_of(subsets)]
    parts += ["paired"] * paired
    return hashlib.sha256(":".join(parts).encode()).hexdigest()


def cached_queries(world: World, folder: Path = FOLDER) -> list[Tokens] | None:
    """The generated queries that belong to this world, or None where there are none yet."""
    if not (folder / _MANIFEST).exists():
        return None
    manifest = _manifest(folder, COMMAND)
    if manifest["world"] != world_identity(world):
        return None
    return list(_array(folder, manifest, _GENERATED))


def read(world: World, folder: Path = FOLDER, command: str = COMMAND) -> Truth:
    """Read and check everything that `command` has made.

    Raises SpoiledTruth saying which file or fact is wrong.
    """
    manifest = _manifest(folder, command)
    if manifest["world"] != world_identity(world):
        raise SpoiledTruth(
            f"The truth in {folder} was made with other music, another model or another training "
            f"than this one. Restore what it was made with, or remake it with `{command}`."
        )
    losses = [_array(folder, manifest, losses_file(seed)) for seed in manifest["seeds"]]
    queries = queries_of(world, list(_array(folder, manifest, _GENERATED)))
    subsets = _array(folder, manifest, _SUBSETS)
    stacked = np.stack(losses)
    if stacked.shape[2] != len(queries.sequences) or stacked.shape[1] > len(subsets):
        raise SpoiledTruth(f"The losses in {folder} do not fit its queries or halves; restore it.")
    return Truth(queries, subsets[: stacked.shape[1]], stacked, tuple(manifest["seeds"]))


def write(
    world: World,
    generated: list[Tokens],
    subsets: BoolArray,
    losses: Mapping[int, FloatArray],
    folder: Path,
    command: str,
) -> None:
    """Replace the cached truth: `losses` maps each seed to (n_subsets, n_queries), all alike.

    `command` is what makes the same files again. The manifest comes last, so that a torn write is
    found by its hashes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, NDArray[Any]] = {_GENERATED: np.stack(generated), _SUBSETS: subsets}
    arrays |= {losses_file(seed): values for seed, values in losses.items()}
    entries = {name: _write_array(folder / name, array) for name, array in arrays.items()}
    manifest = {
        "command": command,
        "files": entries,
        "machine": platform.machine(),
        "numpy": np.__version__,
        "seeds": sorted(losses),
        "subsets": len(next(iter(losses.values()))),
        "torch": torch.__version__,
        "world": world_identity(world),
    }
    text = json.dumps(manifest, indent=2, sort_keys=True) + "\n"
    write_atomically(folder / _MANIFEST, text.encode())


def losses_file(seed: int) -> str:
    """The name of one seed's file."""
    return f"losses-seed-{seed}.npy"


def array_bytes(array: NDArray[Any]) -> bytes:
    """An array as the bytes of a `.npy` file."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def _write_array(path: Path, array: NDArray[Any]) -> dict[str, Any]:
    content = array_bytes(array)
    write_atomically(path, content)
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _manifest(folder: Path, command: str) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / _MANIFEST).read_bytes())
    except FileNotFoundError as error:
        raise SpoiledTruth(f"There is no truth in {folder}. Make it with `{command}`.") from error
    except ValueError as error:
        raise SpoiledTruth(f"{folder / _MANIFEST} cannot be read: {error}. Restore it.") from error
    missing = {"world", "seeds", "files"} - set(manifest)
    if missing:
        raise SpoiledTruth(f"{folder / _MANIFEST} lacks {', '.join(sorted(missing))}. Restore it.")
    return manifest


def _array(folder: Path, manifest: Mapping[str, Any], name: str) -> NDArray[Any]:
    path = folder / name
    try:
        content = path.read_bytes()
        expected = manifest["files"][name]["sha256"]
    except (OSError, KeyError) as error:
        raise SpoiledTruth(
            f"{path} or its entry in the manifest is missing. Restore it."
        ) from error
    if hashlib.sha256(content).hexdigest() != expected:
        raise SpoiledTruth(f"{path} does not have the sha256 that the manifest states. Restore it.")
    array: NDArray[Any] = np.load(io.BytesIO(content), allow_pickle=False)
    return array
