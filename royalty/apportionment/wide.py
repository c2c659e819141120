"""floor(a·b / m) and the remainder for vectors whose products pass 2^63.

Money needs this product at every split: a pool of €92 bn is 2^63 atoms, and weights may be fees
in atoms too. Below m ≤ 2^31 the product of a remainder and a weight fits an int64 and one plain
division does. Above, this module divides as one does by hand, in base 2^32, with a float only to
*guess* each digit:

    b = b₁·2^32 + b₀;  rest ← 0
    for each digit:  t = rest·2^32 + a·bᵢ;  d = t // m;  rest ← t − d·m

t / m < 2^33, and its float64 estimate is off by less than 2^-17, so the estimate less 2^-10,
rounded down, is d or d − 1, never above. `t − d·m` is then in [0, 2m) and is computed modulo 2^64,
where it fits exactly because m < 2^63; one conditional subtraction finishes the digit. Two digits
suffice for b < 2^63. Rejected: Python integers through object arrays (about 30 times slower on a
million subscribers), and long double (80 bits on some machines, 64 on others).
"""

import numpy as np

from royalty.apportionment.arrays import IntArray, UintArray

NARROW_LIMIT = 2**31
_DIGIT_BITS = np.uint64(32)
_DIGIT_MASK = np.uint64(2**32 - 1)
_BASE = 2.0**32
_GUESS_BIAS = 2.0**-10


def multiply_divide(a: IntArray, b: IntArray, m: IntArray) -> tuple[IntArray, IntArray]:
    """Elementwise (a·b // m, a·b mod m), exact, for 0 ≤ a < m, 0 ≤ b ≤ m, 0 < m < 2^63.

    Three arrays of the same shape (n,) in, two out. The narrow path serves the elements that it
    can, the wide path the rest.
    """
    narrow = m <= NARROW_LIMIT
    if narrow.all():
        return _narrow(a, b, m)
    quotient, remainder = np.empty_like(a), np.empty_like(a)
    wide = ~narrow
    quotient[narrow], remainder[narrow] = _narrow(a[narrow], b[narrow], m[narrow])
    quotient[wide], remainder[wide] = _wide(a[wide], b[wide], m[wide])
    return quotient, remainder


def _narrow(a: IntArray, b: IntArray, m: IntArray) -> tuple[IntArray, IntArray]:
    product = a * b  # < m² ≤ 2^62
    # One divisor for all (ppb, ppm) is the usual case, and numpy divides by a scalar much faster.
    shared = len(m) > 0 and bool((m == m[0]).all())
    quotient = product // m[0] if shared else product // m
    return quotient, product - quotient * m


def _wide(a: IntArray, b: IntArray, m: IntArray) -> tuple[IntArray, IntArray]:
    ua, ub, um = a.astype(np.uint64), b.astype(np.uint64), m.astype(np.uint64)
    zero = np.zeros_like(ua)
    high, rest = _digit(zero, ua, ub >> _DIGIT_BITS, um)
    low, rest = _digit(rest, ua, ub & _DIGIT_MASK, um)
    quotient = (high << _DIGIT_BITS) + low
    return quotient.astype(np.int64), rest.astype(np.int64)


def _digit(
    rest: UintArray, a: UintArray, digit: UintArray, m: UintArray
) -> tuple[UintArray, UintArray]:
    """One step of the long division: (rest·2^32 + a·digit) divided by m."""
    guess = (rest.astype(np.float64) * _BASE + a.astype(np.float64) * digit) / m
    quotient = np.floor(np.maximum(guess - _GUESS_BIAS, 0.0)).astype(np.uint64)
    # Every operation here wraps modulo 2^64 on purpose; the true value is in [0, 2m).
    remainder = (rest << _DIGIT_BITS) + a * digit - quotient * m
    short = remainder >= m
    return quotient + short, np.where(short, remainder - m, remainder)
