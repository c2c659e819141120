"""How a row of numbers is written: its code, and one scale.

The value of a row is `code · scale` with one float32 scale a row. A scale depends on its own row
alone, so workers that fill one store need not agree on anything. Four kinds of code:

    float32  the numbers as they are; scale 1.
    float16  the numbers over a power of two, so that none overflows and none is lost to a small
             unit; 11 significant bits each.
    int8     round(127 · number / largest magnitude), ties to even; scale = largest magnitude / 127.
    sign     one bit a number, 1 where it is not negative; the code is ±1. Eight numbers a byte, the
             first in the lowest bit (`numpy.packbits(..., bitorder="little")`).

Signs lose the most a number and the least a byte, because a sketch of eight or sixteen times as
many numbers takes the same space. Their scale is ‖r‖² / ‖r‖₁: then ⟨sign(r), r⟩ · scale = ‖r‖², a
row meets itself without error, and for a query q the error ⟨q, sign(r) · scale − r⟩ has mean 0
when r has been rotated at random, which a sketch does (RaBitQ, Gao and Long, 2405.12497). The scale
that is nearest to the row, ‖r‖₁ / k, would shrink every score instead.
"""

from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from attribution.engine.config import RowDtype
from attribution.engine.errors import StoreError
from attribution.engine.task import FloatArray

Codes: TypeAlias = NDArray[np.generic]

_TOP_BIT = 15  # float16: the largest number of a row lies in [2^14, 2^15]; float16 ends at 65504
_LEAST_EXPONENT = -126  # of a float32 that is not denormal
_LARGEST_INT8 = 127
_STORED: dict[RowDtype, np.dtype[Any]] = {
    "float32": np.dtype("<f4"),
    "float16": np.dtype("<f2"),
    "int8": np.dtype("i1"),
    "sign": np.dtype("u1"),
}


class Encoded(NamedTuple):
    """Rows as they are stored."""

    codes: Codes  # (n, k), or (n, k / 8) for signs
    scales: FloatArray  # (n,)


def stored_dtype(dtype: RowDtype) -> np.dtype[Any]:
    """Return the type of the numbers in a file of codes, little-endian on every machine."""
    return _STORED[dtype]


def stored_width(dimension: int, dtype: RowDtype) -> int:
    """Return how many stored numbers a row of `dimension` takes.

    Raises StoreError when signs would not fill their last byte.
    """
    if dtype != "sign":
        return dimension
    if dimension % 8:
        raise StoreError(
            f"A row of {dimension} signs does not fill whole bytes: choose a dimension that is a "
            "multiple of 8."
        )
    return dimension // 8


def row_bytes(dimension: int, dtype: RowDtype) -> int:
    """Return what one row takes on disk, its scale included."""
    return stored_width(dimension, dtype) * stored_dtype(dtype).itemsize + 4


def encode(rows: FloatArray, dtype: RowDtype) -> Encoded:
    """Return the codes and scales of finite rows, (n, k)."""
    match dtype:
        case "float32":
            return Encoded(rows.astype("<f4"), np.ones(len(rows), dtype=np.float32))
        case "float16":
            return _as_float16(rows)
        case "int8":
            return _as_int8(rows)
        case "sign":
            return _as_signs(rows)


def decode(encoded: Encoded, dtype: RowDtype) -> FloatArray:
    """Return the rows that codes and scales stand for, (n, k) float32."""
    codes, scales = encoded
    if dtype == "sign":
        bits = np.unpackbits(codes.view(np.uint8), axis=1, bitorder="little").view(np.int8)
        codes = 2 * bits - 1
    rows: FloatArray = codes.astype(np.float32)
    rows *= scales[:, None]
    return rows


def norms(encoded: Encoded, dtype: RowDtype) -> NDArray[np.float64]:
    """Return the length of each row, (n,), without decoding signs, which all have length 1."""
    codes, scales = encoded
    if dtype == "sign":
        lengths = np.full(len(codes), np.sqrt(8.0 * codes.shape[1]))
    else:
        lengths = np.linalg.norm(codes.astype(np.float64), axis=1)
    found: NDArray[np.float64] = lengths * scales.astype(np.float64)
    return found


def _as_float16(rows: FloatArray) -> Encoded:
    _, exponents = np.frexp(_largest(rows))
    powers = np.maximum(exponents - _TOP_BIT, _LEAST_EXPONENT)
    codes = np.ldexp(rows, -powers[:, None]).astype("<f2")
    return Encoded(codes, np.ldexp(np.float32(1), powers))


def _as_int8(rows: FloatArray) -> Encoded:
    scales = _largest(rows) / np.float32(_LARGEST_INT8)
    ratios = np.divide(rows, scales[:, None], out=np.zeros_like(rows), where=scales[:, None] > 0)
    # A scale that is itself denormal is coarse; nothing may wrap around because of it.
    codes = np.rint(ratios).clip(-_LARGEST_INT8, _LARGEST_INT8).astype(np.int8)
    return Encoded(codes, scales)


def _as_signs(rows: FloatArray) -> Encoded:
    stored_width(rows.shape[1], "sign")
    # Both sums in float64 without a copy in float64, which would take ten times as long.
    sums = np.abs(rows).sum(1, dtype=np.float64)
    squares = np.einsum("ij,ij->i", rows, rows, dtype=np.float64)
    scales = np.divide(squares, sums, out=np.zeros_like(sums), where=sums > 0)
    return Encoded(np.packbits(rows >= 0, axis=1, bitorder="little"), scales.astype(np.float32))


def _largest(rows: FloatArray) -> FloatArray:
    largest: FloatArray = np.abs(rows).max(1, initial=0.0)
    return largest
