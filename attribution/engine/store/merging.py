"""One store from parts that were filled apart, on machines that share no disk.

Owns what may be put together and what must be refused. A part is a store made from the same
`config.json`; of each shard one finished version is taken, and its bytes are verified by their
sha256 before. A finished shard is never replaced by another one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from attribution.engine.errors import ForeignStore, StoreError
from attribution.engine.files import adopt, sha256_of
from attribution.engine.store.feature_store import FeatureStore
from attribution.engine.store.layout import curvature_file, listed, rows_file, sidecar_file
from attribution.engine.store.shards import fault, read_sidecar
from attribution.engine.store.tracks import NAME as TRACKS


@dataclass(frozen=True)
class Merged:
    """What was taken from one part."""

    part: Path
    taken: int  # shards
    already_there: int  # shards, the very same
    left_out: tuple[str, ...]  # shards of the part that are torn or altered, by their file


def merge(path: str | Path, parts: Sequence[str | Path]) -> tuple[FeatureStore, list[Merged]]:
    """Take the finished shards of all parts into the store at `path`, made if there is none.

    Idempotent, and as resumable as a capture. Raises ForeignStore for a part that was made from
    something else, and StoreError naming a shard of which two different versions are finished.
    Does not seal.
    """
    joined = [FeatureStore.join(part) for part in parts]
    if not joined:
        raise StoreError("There is nothing to merge: name at least one part.")
    first = joined[0].description
    store = FeatureStore.create(
        path,
        first.config,
        members=first.members,
        n_segments=first.n_segments,
        identity=first.identity,
    )
    for part in joined:
        _require_same(store, part)
    return store, [_take_all(store, part) for part in joined]


def _require_same(store: FeatureStore, part: FeatureStore) -> None:
    if differences := store.description.differences(part.description):
        raise ForeignStore(
            f"The store at {part.path} is no part of the one at {store.path}: "
            f"{listed(differences)}. Merge what was captured from the same things alone."
        )
    for member in store.members:
        if len(store.fingerprints(member) | part.fingerprints(member)) > 1:
            raise ForeignStore(
                f"The shards of member {member!r} at {part.path} and at {store.path} were made by "
                "different checkpoints, curvatures or versions. Copy the store's folder with its "
                "curvature to every machine before capturing, and capture one of the two again."
            )


def _take_all(store: FeatureStore, part: FeatureStore) -> Merged:
    taken = already_there = 0
    left_out: list[str] = []
    if (part.path / TRACKS).exists() and not store.sealed:
        adopt(part.path / TRACKS, store.path / TRACKS)
    for member in store.members:
        _take_curvature(store, part, member)
        for shard in range(store.n_shards):
            wrong = fault(part.path, part.description, member, shard, hashes=True)
            if wrong == "missing":
                continue
            if wrong:
                left_out.append(f"{rows_file(member, shard)} is {wrong}")
            elif _take(store, part, member, shard):
                taken += 1
            else:
                already_there += 1
    return Merged(part.path, taken, already_there, tuple(left_out))


def _take(store: FeatureStore, part: FeatureStore, member: str, shard: int) -> bool:
    """Take one finished shard; return whether it was new."""
    if store.is_finished(member, shard):
        mine = read_sidecar(store.path, member, shard)
        if mine != read_sidecar(part.path, member, shard):
            raise StoreError(
                f"{rows_file(member, shard)} is finished at {store.path} and at {part.path}, and "
                "the two differ: they were computed by different kinds of processor or versions "
                "of torch. Delete one of the two; nothing was replaced."
            )
        return False
    if store.sealed:
        raise StoreError(f"The store at {store.path} is sealed; nothing is written any more.")
    for name in (rows_file(member, shard), sidecar_file(member, shard)):
        adopt(part.path / name, store.path / name)
    return True


def _take_curvature(store: FeatureStore, part: FeatureStore, member: str) -> None:
    theirs, ours = (root / curvature_file(member) for root in (part.path, store.path))
    if not theirs.exists():
        return
    if not ours.exists():
        if not store.sealed:
            adopt(theirs, ours)
    elif sha256_of(ours) != sha256_of(theirs):
        raise ForeignStore(
            f"The curvatures of member {member!r} at {store.path} and at {part.path} differ. "
            "Copy one to every machine before capturing, and capture the other part again."
        )
