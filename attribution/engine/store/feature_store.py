"""`FeatureStore`: create, fill, seal, open and read a store. See the package for its format."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from attribution.engine.config import CaptureConfig
from attribution.engine.curvature.factors import Curvature
from attribution.engine.errors import (
    BadGradients,
    ForeignStore,
    StoreError,
    UnfinishedStore,
)
from attribution.engine.featuriser import Featuriser
from attribution.engine.files import write_once
from attribution.engine.store import manifest as manifests
from attribution.engine.store.codes import Codes, Encoded, decode, norms
from attribution.engine.store.layout import (
    Description,
    curvature_file,
    listed,
    rows_file,
    scales_file,
)
from attribution.engine.store.shards import (
    Sidecar,
    encode_shard,
    fault,
    open_codes,
    read_sidecar,
    write_shard,
)
from attribution.engine.task import FloatArray

_ROWS_AT_ONCE = 64  # 64 MiB in float64 at 131,072 numbers a row


class FeatureStore:
    """A folder of feature rows: one row a segment and member."""

    def __init__(self, path: Path, description: Description) -> None:
        """Use `create`, `join` or `open`."""
        self.path = path
        self.description = description
        self._scales: dict[str, FloatArray] = {}

    @classmethod
    def create(
        cls,
        path: str | Path,
        config: CaptureConfig,
        *,
        members: Sequence[str],
        n_segments: int,
        identity: Mapping[str, Any],
    ) -> Self:
        """Make a store, or take up the one that is there if it is the very same.

        `identity` names what rows are made from: sha256 of each checkpoint and of the training
        set, and the version of the code. Raises ForeignStore saying what differs.
        """
        description = Description(config, tuple(members), n_segments, dict(identity))
        root = Path(path)
        if not (root / "config.json").exists():
            write_once(root / "config.json", description.text().encode())
        found = Description.read(root)
        if differences := found.differences(description):
            raise ForeignStore(
                f"The store at {root} was made from something else: {listed(differences)}. "
                "Use it with what it was made from, or make a new store in another folder."
            )
        return cls(root, found)

    @classmethod
    def join(cls, path: str | Path) -> Self:
        """Open a store that is being filled, as a worker does. Raises StoreError if it is none."""
        return cls(Path(path), Description.read(Path(path)))

    @classmethod
    def open(
        cls,
        path: str | Path,
        verify: Literal["manifest", "full"] = "manifest",
        *,
        identity: Mapping[str, Any] | None = None,
    ) -> Self:
        """Open a sealed store for reading.

        "manifest" compares the size of every file, "full" also its sha256. Raises UnfinishedStore
        if it was not sealed, DamagedStore naming the files at fault, and ForeignStore when a field
        of `identity` differs.
        """
        store = cls.join(path)
        manifests.verify(store.path, store.description, full=verify == "full")
        for key, value in (identity or {}).items():
            found = store.description.identity.get(key)
            if found != value:
                raise ForeignStore(
                    f"The store at {path} was made from {key} {found!r}, not {value!r}: its rows "
                    "say nothing about this one. Capture a new store."
                )
        return store

    @property
    def config(self) -> CaptureConfig:
        """How the rows were made."""
        return self.description.config

    @property
    def members(self) -> tuple[str, ...]:
        """Members of the ensemble, in the order of score matrices."""
        return self.description.members

    @property
    def n_segments(self) -> int:
        """Rows of each member."""
        return self.description.n_segments

    @property
    def n_shards(self) -> int:
        """Shards of each member."""
        return self.description.n_shards

    @property
    def sealed(self) -> bool:
        """Whether the manifest is there, after which nothing is written any more."""
        return (self.path / manifests.NAME).exists()

    def digest(self) -> str:
        """Return the sha256 of the manifest, which stands for the whole content."""
        return manifests.digest(self.path)

    def missing_shards(
        self, member: str, *, verify: Literal["sizes", "full"] = "sizes"
    ) -> list[int]:
        """Return the shards of a member that must still be captured, torn ones included."""
        self._require_member(member)
        hashes = verify == "full"
        return [
            shard
            for shard in range(self.n_shards)
            if fault(self.path, self.description, member, shard, hashes=hashes)
        ]

    def is_finished(self, member: str, shard: int) -> bool:
        """Tell whether a shard is complete, by its sha256."""
        self._require_member(member)
        return not fault(self.path, self.description, member, shard, hashes=True)

    def require(self, featuriser: Featuriser) -> str:
        """Return the featuriser's fingerprint if its rows belong here.

        Raises ForeignStore when configuration, member or any finished shard of the member says
        that another checkpoint, curvature or configuration made the store.
        """
        self._require_member(featuriser.member)
        if featuriser.config != self.config:
            raise ForeignStore(
                f"The featuriser's configuration is not that of the store at {self.path}: "
                f"{featuriser.config} against {self.config}."
            )
        fingerprint = featuriser.fingerprint()
        if other := self.fingerprints(featuriser.member) - {fingerprint}:
            raise ForeignStore(
                f"Shards of member {featuriser.member!r} at {self.path} were made by another "
                f"checkpoint, curvature or version ({listed(sorted(other))}) than this one "
                f"({fingerprint}). Rows of both cannot be compared: load what made the store, or "
                "capture a new store."
            )
        return fingerprint

    def write(self, member: str, shard: int, rows: FloatArray, fingerprint: str) -> None:
        """Write the rows (n, dimension) of one shard; where the very same are, nothing happens.

        Raises StoreError when the shard is finished with other content, or the store is sealed.
        """
        self._require_member(member)
        start, stop = self.description.shard_range(shard)
        if rows.shape != (stop - start, self.config.dimension):
            raise StoreError(
                f"Shard {shard} takes rows of shape {(stop - start, self.config.dimension)}, "
                f"not {rows.shape}."
            )
        if not np.isfinite(rows).all():
            bad = start + int(np.flatnonzero(~np.isfinite(rows).all(1))[0])
            raise BadGradients(f"The row of segment {bad} is not finite; nothing was stored.")
        made = encode_shard(self.description, member, shard, rows, fingerprint)
        if not self._has(made.sidecar):
            write_shard(self.path, made)

    def seal(self) -> str:
        """Verify every shard, write the manifest, and return its sha256. Sealing twice is the same.

        Raises UnfinishedStore naming missing or torn shards, and ForeignStore when shards of one
        member come from different checkpoints.
        """
        if not self.sealed:
            for member in self.members:
                if len(self.fingerprints(member)) > 1:
                    raise ForeignStore(
                        f"Shards of member {member!r} at {self.path} were made by different "
                        "checkpoints or curvatures. Delete that member's folder and capture it "
                        "again."
                    )
            manifests.write(self.path, self.description)
        return self.digest()

    def rows(self, member: str, shard: int) -> Codes:
        """Map the codes of a shard, (n, stored width); times `scales` they are the rows."""
        self._require_member(member)
        return open_codes(self.path / rows_file(member, shard), self.description, shard)

    def scales(self, member: str) -> FloatArray:
        """Return the scale of each row of a member, (n_segments,). Needs a sealed store."""
        self._require_member(member)
        if member not in self._scales:
            if not self.sealed:
                raise UnfinishedStore(f"The store at {self.path} is not sealed; seal it first.")
            loaded = np.load(self.path / scales_file(member), allow_pickle=False)
            self._scales[member] = loaded.astype(np.float32)
        return self._scales[member]

    def shard_rows(self, member: str, shard: int) -> FloatArray:
        """Return the rows of a shard as numbers, (n, dimension) float32."""
        start, stop = self.description.shard_range(shard)
        encoded = Encoded(self.rows(member, shard), self.scales(member)[start:stop])
        return decode(encoded, self.config.dtype)

    def norms(self, member: str) -> NDArray[np.float64]:
        """Return the length of every row of a member, (n_segments,). Needs a sealed store."""
        scales, found = self.scales(member), np.empty(self.n_segments)
        for shard in range(self.n_shards):
            start, stop = self.description.shard_range(shard)
            codes = self.rows(member, shard)
            for at in range(start, stop, _ROWS_AT_ONCE):
                here = slice(at, min(at + _ROWS_AT_ONCE, stop))
                block = Encoded(codes[here.start - start : here.stop - start], scales[here])
                found[here] = norms(block, self.config.dtype)
        return found

    def keep_curvature(self, member: str, curvature: Curvature) -> None:
        """Keep what a member's rows are whitened by, so that queries can be made years later.

        Raises StoreError in a sealed store.
        """
        self._require_member(member)
        if self.sealed:
            raise StoreError(f"The store at {self.path} is sealed; nothing is written any more.")
        curvature.save(self.path / curvature_file(member))

    def curvature(self, member: str) -> Curvature | None:
        """Return the curvature that was kept for a member, if one was."""
        self._require_member(member)
        path = self.path / curvature_file(member)
        return Curvature.load(path) if path.exists() else None

    def fingerprints(self, member: str) -> set[str]:
        """Return which featurisers made the finished shards of a member: one, if all is well."""
        mine = self.description.digest()
        sidecars = (read_sidecar(self.path, member, shard) for shard in range(self.n_shards))
        return {s.fingerprint for s in sidecars if s is not None and s.store == mine}

    def _has(self, sidecar: Sidecar) -> bool:
        """Tell whether this very shard is there, finished; raise if another version is."""
        member, shard = sidecar.member, sidecar.shard
        if self.sealed or self.is_finished(member, shard):
            if read_sidecar(self.path, member, shard) == sidecar:
                return True
            state = "is sealed" if self.sealed else f"has shard {shard} of {member!r} finished"
            raise StoreError(
                f"The store at {self.path} {state}, with other content than is to be written: "
                "another kind of processor or version of torch rounds otherwise. Nothing was "
                "written; what is there stays."
            )
        return False

    def _require_member(self, member: str) -> None:
        if member not in self.members:
            raise StoreError(
                f"The store at {self.path} has no member {member!r}; it has {listed(self.members)}."
            )
