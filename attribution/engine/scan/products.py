"""Inner products of whole numbers: int8 against int8, exact, and the same on every processor.

A row that is stored in int8 or as signs is already a small whole number times a scale. Queries are
rounded to whole numbers too (`quantise`), the products are summed exactly, and only the result is
scaled, in float32 and in a fixed order. So a score does not depend on block sizes, threads or the
processor. With VNNI instructions `torch._int_mm` does eight times as many products a second as
float32 matrix products do. Without them it is slower than those, which are then used on so few
columns at a time that every partial sum stays below 2²⁴, where float32 is exact.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from attribution.engine.task import FloatArray

Int8Array: TypeAlias = NDArray[np.int8]
WholeArray: TypeAlias = NDArray[np.signedinteger[Any]]

_DIGIT = 127  # the largest magnitude of a leading digit
_BASE = 256  # what a leading digit is worth when another follows
_INT32_COLUMNS = 1 << 17  # 128 · 127 · 2¹⁷ < 2³¹
_FLOAT32_WHOLE = 1 << 24  # float32 holds every whole number up to here


class Digit(NamedTuple):
    """One digit of every number of the queries."""

    values: Int8Array  # (q, k)
    sums: NDArray[np.int32]  # (q,) over each query


class Quantised(NamedTuple):
    """Queries as whole numbers: value ≈ scale · digit, or scale · (256 · digit + next digit)."""

    digits: tuple[Digit, ...]  # one or two, the leading one first
    scales: FloatArray  # (q,)


def quantise(queries: FloatArray, digits: int = 1) -> Quantised:
    """Round queries (q, k) to one digit or two, with one scale a query.

    A number is off by at most half a step; its query's largest number is 127 steps with one digit,
    and 32,512 with two. A query of zeros keeps scale 0.
    """
    most = _DIGIT if digits == 1 else _DIGIT * _BASE
    scales = np.abs(queries).max(1, initial=0.0).astype(np.float32) / np.float32(most)
    whole = np.divide(
        queries, scales[:, None], out=np.zeros_like(queries), where=scales[:, None] > 0
    )
    np.rint(whole, out=whole).clip(-most, most, out=whole)
    if digits == 1:
        return Quantised((_digit(whole),), scales)
    leading = np.floor(whole / _BASE + np.float32(0.5))  # so that −128 … 127 is left to the next
    return Quantised((_digit(leading), _digit(whole - leading * _BASE)), scales)


def integer_scores(
    queries: Quantised, codes: Int8Array, row_scales: FloatArray, *, bits: bool = False
) -> FloatArray:
    """Return the scores of queries against codes (n, k) of these scales, (q, n) float32.

    With `bits`, a code of 1 stands for +1 and of 0 for −1: ⟨query, sign⟩ = 2 ⟨query, bit⟩ − Σ query
    spares us turning every bit into a sign.
    """
    total: NDArray[Any] = _by_digit(queries.digits[0], codes, bits=bits)
    for digit in queries.digits[1:]:
        total = total.astype(np.float64) * _BASE + _by_digit(digit, codes, bits=bits)
    scores: FloatArray = total.astype(np.float32)
    scores *= row_scales
    scores *= queries.scales[:, None]
    return scores


def integer_products(left: Int8Array, right: Int8Array) -> WholeArray:
    """Return the exact left (q, k) · rightᵀ (k, n), in int32, or int64 where that is too narrow."""
    if torch.cpu._is_vnni_supported():
        return _in_parts(left, right, _INT32_COLUMNS, _by_int_mm)
    largest = max(1, int(np.abs(right.astype(np.int16)).max(initial=0)))
    return _in_parts(left, right, _FLOAT32_WHOLE // (128 * largest), _by_float32)


def _by_digit(digit: Digit, codes: Int8Array, *, bits: bool) -> WholeArray:
    products = integer_products(digit.values, codes)
    if bits:
        products *= 2
        products -= digit.sums[:, None]
    return products


def _digit(whole: FloatArray) -> Digit:
    values = whole.astype(np.int8)
    return Digit(values, values.sum(1, dtype=np.int32))


def _in_parts(
    left: Int8Array,
    right: Int8Array,
    columns: int,
    product: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
) -> WholeArray:
    """Sum the products of so many columns at a time."""
    a, b = torch.from_numpy(left), torch.from_numpy(right)
    width = a.shape[1]
    if width <= columns:
        whole: WholeArray = product(a, b).numpy()
        return whole
    wide = torch.zeros(len(a), len(b), dtype=torch.int64)
    for start in range(0, width, columns):
        wide += product(a[:, start : start + columns], b[:, start : start + columns])
    summed: WholeArray = wide.numpy()
    return summed


def _by_int_mm(left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    return torch._int_mm(left, right.T)


def _by_float32(left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    return (left.float() @ right.float().T).int()
