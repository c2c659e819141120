"""What a file of weights says of itself, read as hostile input.

Safetensors is a length, a JSON header and raw numbers: nothing in it is run. What can be wrong is
checked here before any library maps the file: the length, the header's size and depth, names,
types, shapes, and that the tensors lie side by side without hole, overlap or rest, as the format
demands (https://huggingface.co/docs/safetensors). Pickles and archives have no such header.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

LENGTH_BYTES = 8
MOST_HEADER_BYTES = 16 << 20
MOST_TENSORS = 100_000
MOST_DIMENSIONS = 16
METADATA = "__metadata__"
ENTRY = {"dtype", "shape", "data_offsets"}
BITS = {
    "BOOL": 8,
    "U8": 8,
    "I8": 8,
    "F8_E4M3": 8,
    "F8_E5M2": 8,
    "I16": 16,
    "U16": 16,
    "F16": 16,
    "BF16": 16,
    "I32": 32,
    "U32": 32,
    "F32": 32,
    "I64": 64,
    "U64": 64,
    "F64": 64,
}


class UnreadableWeights(Exception):
    """The file is no safetensors file that can be trusted; the message says why."""


@dataclass(frozen=True)
class WeightFacts:
    """What a file of weights holds."""

    tensor_count: int
    parameter_count: int
    metadata: Mapping[str, str]


def inspect_weights(path: Path) -> WeightFacts:
    """Look a safetensors file over, without loading its numbers.

    Raises:
        UnreadableWeights: it is another kind of file, damaged, or made to deceive.
    """
    header, data_bytes = _header(path)
    metadata = header.pop(METADATA, {})
    if not isinstance(metadata, dict) or not all(isinstance(v, str) for v in metadata.values()):
        raise UnreadableWeights(f"{METADATA} must map texts to texts.")
    if not 1 <= len(header) <= MOST_TENSORS:
        raise UnreadableWeights(f"It has {len(header):,} tensors, not 1 to {MOST_TENSORS:,}.")
    tensors = [_tensor(name, entry) for name, entry in header.items()]
    _refuse_gaps(tensors, data_bytes)
    _read_by_the_library(path, header.keys())
    return WeightFacts(len(tensors), sum(each.numbers for each in tensors), metadata)


@dataclass(frozen=True)
class _Tensor:
    name: str
    numbers: int
    begin: int
    end: int


def _header(path: Path) -> tuple[dict[str, Any], int]:
    """The header, and how many bytes follow it."""
    size_bytes = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(LENGTH_BYTES)
        length = int.from_bytes(start, "little")
        if len(start) < LENGTH_BYTES or not 2 <= length <= size_bytes - LENGTH_BYTES:
            raise UnreadableWeights(
                "It is no safetensors file: its first eight bytes are no length of a header."
            )
        if length > MOST_HEADER_BYTES:
            raise UnreadableWeights(
                f"Its header has {length:,} bytes; at most {MOST_HEADER_BYTES:,} are read."
            )
        content = file.read(length)
    try:
        header = json.loads(content, object_pairs_hook=_unique, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise UnreadableWeights(f"Its header is not JSON that can be read: {error}.") from error
    if not content.startswith(b"{") or not isinstance(header, dict):
        raise UnreadableWeights("Its header is no JSON object.")
    return header, size_bytes - LENGTH_BYTES - length


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise ValueError("a name stands there twice")
    return content


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number in JSON")


def _tensor(name: str, entry: Any) -> _Tensor:
    called = repr(name[:100])
    if not isinstance(entry, dict) or set(entry) != ENTRY:
        raise UnreadableWeights(f"Tensor {called} must have {', '.join(sorted(ENTRY))} alone.")
    bits, shape, offsets = _bits(entry["dtype"]), entry["shape"], entry["data_offsets"]
    if bits is None:
        raise UnreadableWeights(f"Tensor {called} has a type that is not read.")
    if not _are_sizes(shape) or len(shape) > MOST_DIMENSIONS:
        raise UnreadableWeights(f"Tensor {called} has a shape that is none.")
    if not _are_sizes(offsets) or len(offsets) != 2:
        raise UnreadableWeights(f"Tensor {called} has offsets that are none.")
    numbers = math.prod(shape)
    if numbers * bits // 8 != offsets[1] - offsets[0]:
        raise UnreadableWeights(f"Tensor {called} has a shape that does not fit its offsets.")
    return _Tensor(name, numbers, *offsets)


def _bits(dtype: Any) -> int | None:
    return BITS.get(dtype) if isinstance(dtype, str) else None


def _are_sizes(values: Any) -> bool:
    return isinstance(values, list) and all(
        isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 62
        for value in values
    )


def _refuse_gaps(tensors: list[_Tensor], data_bytes: int) -> None:
    """The tensors' bytes must be all that follows the header, each byte once."""
    at = 0
    for tensor in sorted(tensors, key=lambda each: (each.begin, each.end)):
        if tensor.begin != at:
            raise UnreadableWeights(
                f"Tensor {tensor.name[:100]!r} begins at byte {tensor.begin:,}, not at {at:,}: "
                "tensors lie side by side, without hole or overlap."
            )
        at = tensor.end
    if at != data_bytes:
        raise UnreadableWeights(
            f"Its tensors have {at:,} bytes, and {data_bytes:,} follow the header."
        )


def _read_by_the_library(path: Path, names: Any) -> None:
    """What reads the weights later must see the same tensors."""
    try:
        with safe_open(path, framework="numpy") as file:
            seen = set(file.keys())
    except SafetensorError as error:
        raise UnreadableWeights(f"It cannot be read: {error}.") from error
    if seen != set(names):
        raise UnreadableWeights("Its header can be read in two ways.")
