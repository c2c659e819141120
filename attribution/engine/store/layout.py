"""The description of a store (`config.json`), the names of its files, and the ranges of shards."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from attribution.engine.config import CaptureConfig
from attribution.engine.errors import EngineError, StoreError
from attribution.engine.store.codes import stored_width

FORMAT = 2
_MEMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True)
class Description:
    """What a store holds and what its rows were made from."""

    config: CaptureConfig
    members: tuple[str, ...]
    n_segments: int
    identity: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        bad = [member for member in self.members if not _MEMBER.fullmatch(member)]
        if bad or not self.members or len(set(self.members)) != len(self.members):
            raise StoreError(
                f"The members {list(self.members)} cannot name a store's folders: give at least "
                "one, each once, of letters, digits, '.', '_' and '-'."
            )
        if type(self.n_segments) is not int or self.n_segments < 1:
            raise StoreError("A store needs at least one segment.")
        stored_width(self.config.dimension, self.config.dtype)

    @property
    def n_shards(self) -> int:
        """Shards of one member."""
        return -(-self.n_segments // self.config.shard_rows)

    def shard_range(self, shard: int) -> tuple[int, int]:
        """Return the half-open range of segments of a shard. Raises StoreError outside."""
        if not 0 <= shard < self.n_shards:
            raise StoreError(f"There is no shard {shard}: this store has {self.n_shards} a member.")
        start = shard * self.config.shard_rows
        return start, min(start + self.config.shard_rows, self.n_segments)

    def text(self) -> str:
        """Return the exact content of `config.json`."""
        fields = {
            "format": FORMAT,
            "capture": self.config.as_dict(),
            "members": list(self.members),
            "n_segments": self.n_segments,
            "identity": dict(self.identity),
        }
        return json.dumps(fields, indent=2, sort_keys=True) + "\n"

    def digest(self) -> str:
        """Return the sha256 of `config.json`, which every shard carries."""
        return hashlib.sha256(self.text().encode()).hexdigest()

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read `config.json` of the store at `path`. Raises StoreError if it is none."""
        file = path / "config.json"
        try:
            fields = json.loads(file.read_text())
            if fields["format"] != FORMAT:
                raise StoreError(
                    f"{path} has the store format {fields['format']}; this version reads {FORMAT}."
                )
            config = CaptureConfig.from_dict(fields["capture"])
            return cls(config, tuple(fields["members"]), fields["n_segments"], fields["identity"])
        except FileNotFoundError as error:
            raise StoreError(f"{path} is no feature store: it has no config.json.") from error
        except (ValueError, KeyError, TypeError, EngineError) as error:
            raise StoreError(f"{file} cannot be read: {error}") from error

    def differences(self, other: "Description") -> list[str]:
        """Name what differs from another description, each as 'field: ours, not theirs'."""
        ours, theirs = _flat(json.loads(self.text())), _flat(json.loads(other.text()))
        return [
            f"{key} is {ours.get(key)!r}, not {theirs.get(key)!r}"
            for key in sorted({*ours, *theirs})
            if ours.get(key) != theirs.get(key)
        ]


def rows_file(member: str, shard: int) -> str:
    """Return the name of a shard's rows within the store."""
    return f"shards/{member}/{shard:05d}.npy"


def sidecar_file(member: str, shard: int) -> str:
    """Return the name of the file that vouches for a shard's rows."""
    return f"shards/{member}/{shard:05d}.json"


def scales_file(member: str) -> str:
    """Return the name of a member's scales in a sealed store."""
    return f"scales/{member}.npy"


def curvature_file(member: str) -> str:
    """Return the name of the curvature that a member's rows were whitened by."""
    return f"curvature/{member}.npz"


def listed(names: Sequence[str], most: int = 5) -> str:
    """Join names for an error message, cut after `most`."""
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest


def _flat(value: Any, prefix: str = "") -> dict[str, Any]:
    if not isinstance(value, dict):
        return {prefix: value}
    return {
        key: leaf
        for name, inner in value.items()
        for key, leaf in _flat(inner, f"{prefix}.{name}" if prefix else name).items()
    }
