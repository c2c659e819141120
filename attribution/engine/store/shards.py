"""One shard: rows to bytes and back, and whether what lies on disk can be trusted."""

import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from attribution.engine.errors import DamagedStore
from attribution.engine.files import sha256_of, write_atomically
from attribution.engine.store.layout import Description, rows_file, sidecar_file
from attribution.engine.task import FloatArray

_TOP_BIT = 15  # the largest number of a row lies in [2^14, 2^15); float16 ends at 65504


@dataclass(frozen=True)
class Sidecar:
    """What vouches for a shard's rows."""

    store: str  # sha256 of the store's config.json
    fingerprint: str  # of the featuriser that made the rows
    rows_sha256: str
    rows_bytes: int
    exponents: tuple[int, ...]  # one a row

    def text(self) -> str:
        """Return the content of the file."""
        return json.dumps(self.__dict__, sort_keys=True) + "\n"


def encode(rows: FloatArray, dtype: str) -> tuple[bytes, tuple[int, ...]]:
    """Return the `.npy` bytes of rows (n, k) and the power of two of each row."""
    exponents = np.zeros(len(rows), dtype=np.int32)
    if dtype == "float16":
        _, exponents = np.frexp(np.abs(rows).max(1, initial=0.0))
        exponents = np.where(exponents == 0, 0, exponents - _TOP_BIT).astype(np.int32)
    stored = np.ldexp(rows, -exponents[:, None]).astype(dtype)
    buffer = io.BytesIO()
    np.save(buffer, stored, allow_pickle=False)
    return buffer.getvalue(), tuple(int(exponent) for exponent in exponents)


def write_shard(
    root: Path,
    description: Description,
    member: str,
    shard: int,
    rows: FloatArray,
    fingerprint: str,
) -> None:
    """Write the rows of one shard, then the sidecar that declares it finished."""
    content, exponents = encode(rows, description.config.dtype)
    sha256 = hashlib.sha256(content).hexdigest()
    sidecar = Sidecar(description.digest(), fingerprint, sha256, len(content), exponents)
    write_atomically(root / rows_file(member, shard), lambda file: file.write(content))
    text = sidecar.text().encode()
    write_atomically(root / sidecar_file(member, shard), lambda file: file.write(text))


def read_sidecar(root: Path, member: str, shard: int) -> Sidecar | None:
    """Return the sidecar of a shard, or None where there is none that can be read."""
    try:
        fields = json.loads((root / sidecar_file(member, shard)).read_bytes())
        return Sidecar(**{**fields, "exponents": tuple(fields["exponents"])})
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
    if len(sidecar.exponents) != stop - start:
        return "of the wrong length"
    if hashes and sha256_of(rows_path) != sidecar.rows_sha256:
        return "altered"
    return None


def open_rows(path: Path, description: Description, shard: int) -> NDArray[np.generic]:
    """Map the stored rows of a shard, (n, k). Raises DamagedStore for another shape or type."""
    start, stop = description.shard_range(shard)
    try:
        rows: NDArray[np.generic] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise DamagedStore(f"{path} cannot be read: {error}. Capture this shard again.") from error
    expected = (stop - start, description.config.dimension)
    if rows.shape != expected or rows.dtype != np.dtype(description.config.dtype):
        raise DamagedStore(
            f"{path} holds {rows.dtype} {rows.shape} where {description.config.dtype} {expected} "
            "belongs. Capture this shard again."
        )
    return rows
