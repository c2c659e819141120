"""One shard: rows to bytes and back, and whether what lies on disk can be trusted."""

import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from attribution.engine.errors import DamagedStore
from attribution.engine.files import sha256_of, write_atomically
from attribution.engine.store.codes import Codes, encode, stored_dtype, stored_width
from attribution.engine.store.layout import Description, rows_file, sidecar_file
from attribution.engine.task import FloatArray


@dataclass(frozen=True)
class Sidecar:
    """What vouches for a shard's rows."""

    store: str  # sha256 of the store's config.json
    fingerprint: str  # of the featuriser that made the rows
    rows_sha256: str
    rows_bytes: int
    scales: tuple[float, ...]  # one a row; JSON holds a float32 exactly

    def text(self) -> str:
        """Return the content of the file."""
        return json.dumps(self.__dict__, sort_keys=True) + "\n"


def write_shard(
    root: Path,
    description: Description,
    member: str,
    shard: int,
    rows: FloatArray,
    fingerprint: str,
) -> None:
    """Write the rows of one shard, then the sidecar that declares it finished."""
    codes, scales = encode(rows, description.config.dtype)
    buffer = io.BytesIO()
    np.save(buffer, codes, allow_pickle=False)
    content = buffer.getvalue()
    sha256 = hashlib.sha256(content).hexdigest()
    told = tuple(scales.tolist())
    sidecar = Sidecar(description.digest(), fingerprint, sha256, len(content), told)
    write_atomically(root / rows_file(member, shard), lambda file: file.write(content))
    text = sidecar.text().encode()
    write_atomically(root / sidecar_file(member, shard), lambda file: file.write(text))


def read_sidecar(root: Path, member: str, shard: int) -> Sidecar | None:
    """Return the sidecar of a shard, or None where there is none that can be read."""
    try:
        fields = json.loads((root / sidecar_file(member, shard)).read_bytes())
        return Sidecar(**{**fields, "scales": tuple(fields["scales"])})
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return None


def fault(  # noqa: PLR0911
    root: Path, description: Description, member: str, shard: int, *, hashes: bool
) -> str | None:
    """Say what keeps a shard from being finished, in a few words; None if nothing does.

    `hashes` reads the rows; without it, sizes and the sidecar are looked at.
    """
    rows_path = root / rows_file(member, shard)
    sidecar = read_sidecar(root, member, shard)
    start, stop = description.shard_range(shard)
    if sidecar is None:
        return "missing"
    if sidecar.store != description.digest():
        return "of another store"
    if not rows_path.exists():
        return "without rows"
    if rows_path.stat().st_size != sidecar.rows_bytes:
        return "torn"
    if len(sidecar.scales) != stop - start:
        return "of the wrong length"
    if hashes and sha256_of(rows_path) != sidecar.rows_sha256:
        return "altered"
    return None


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
