"""One shard: rows to bytes and back, and whether what lies on disk can be trusted."""

import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np

from attribution.engine.errors import DamagedStore
from attribution.engine.files import sha256_of, write_atomically
from attribution.engine.store.codes import Codes, encode, stored_dtype, stored_width
from attribution.engine.store.layout import Description, rows_file, sidecar_file
from attribution.engine.task import FloatArray


@dataclass(frozen=True)
class Sidecar:
    """What vouches for the codes of a shard, and says whose they are."""

    store: str  # sha256 of the store's config.json
    member: str
    shard: int
    fingerprint: str  # of the featuriser that made the rows
    rows_sha256: str
    rows_bytes: int
    scales: tuple[float, ...]  # one a row; JSON holds a float32 exactly

    def text(self) -> str:
        """Return the content of the file: the fields, and the sha256 of their own JSON."""
        return json.dumps(self.__dict__ | {"sha256": self._sha256()}, sort_keys=True) + "\n"

    @classmethod
    def of(cls, text: bytes) -> Self:
        """Read what `text` wrote. Raises ValueError, KeyError or TypeError for anything else."""
        fields = json.loads(text)
        sha256 = fields.pop("sha256")
        sidecar = cls(**{**fields, "scales": tuple(fields["scales"])})
        if sidecar._sha256() != sha256:
            raise ValueError("The sidecar is altered.")
        return sidecar

    def _sha256(self) -> str:
        return hashlib.sha256(json.dumps(self.__dict__, sort_keys=True).encode()).hexdigest()


class Shard(NamedTuple):
    """A shard as bytes: the `.npy` of its codes, and what vouches for them."""

    content: bytes
    sidecar: Sidecar


def encode_shard(
    description: Description, member: str, shard: int, rows: FloatArray, fingerprint: str
) -> Shard:
    """Return the bytes of a shard with these rows, (n, dimension)."""
    codes, scales = encode(rows, description.config.dtype)
    buffer = io.BytesIO()
    np.save(buffer, codes, allow_pickle=False)
    content = buffer.getvalue()
    sidecar = Sidecar(
        store=description.digest(),
        member=member,
        shard=shard,
        fingerprint=fingerprint,
        rows_sha256=hashlib.sha256(content).hexdigest(),
        rows_bytes=len(content),
        scales=tuple(scales.tolist()),
    )
    return Shard(content, sidecar)


def write_shard(root: Path, made: Shard) -> None:
    """Write the codes of one shard, then the sidecar that declares it finished."""
    place = made.sidecar.member, made.sidecar.shard
    write_atomically(root / rows_file(*place), lambda file: file.write(made.content))
    text = made.sidecar.text().encode()
    write_atomically(root / sidecar_file(*place), lambda file: file.write(text))


def read_sidecar(root: Path, member: str, shard: int) -> Sidecar | None:
    """Return the sidecar of a shard, or None where there is none that can be trusted."""
    try:
        return Sidecar.of((root / sidecar_file(member, shard)).read_bytes())
    except (FileNotFoundError, ValueError, TypeError, KeyError, AttributeError):
        return None


def fault(root: Path, description: Description, member: str, shard: int, *, hashes: bool) -> str:
    """Say what keeps a shard from being finished, in a few words; empty if nothing does.

    `hashes` reads the codes; without it, sizes and the sidecar are looked at.
    """
    codes = root / rows_file(member, shard)
    sidecar = read_sidecar(root, member, shard)
    if sidecar is None:
        return "missing"
    if sidecar.store != description.digest():
        return "of another store"
    if (sidecar.member, sidecar.shard) != (member, shard):
        return f"in the place of {rows_file(sidecar.member, sidecar.shard)}"
    if not codes.exists():
        return "without rows"
    if codes.stat().st_size != sidecar.rows_bytes:
        return "torn"
    return "altered" if hashes and sha256_of(codes) != sidecar.rows_sha256 else ""


def open_codes(path: Path, description: Description, shard: int) -> Codes:
    """Map the codes of a shard, (n, width). Raises DamagedStore for another shape or type."""
    start, stop = description.shard_range(shard)
    config = description.config
    try:
        codes: Codes = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise DamagedStore(f"{path} cannot be read: {error}. Capture this shard again.") from error
    shape = (stop - start, stored_width(config.dimension, config.dtype))
    dtype = stored_dtype(config.dtype)
    if codes.shape != shape or codes.dtype != dtype:
        raise DamagedStore(
            f"{path} holds {codes.dtype} {codes.shape} where {dtype} {shape} belongs. Capture this "
            "shard again."
        )
    return codes
