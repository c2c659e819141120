"""Step 5: how much a share would move with another ensemble."""

from collections.abc import Iterator
from itertools import combinations_with_replacement
from math import factorial, prod

import numpy as np

from attribution.engine.config import ShareConfig
from attribution.engine.shares.credit import fractions
from attribution.engine.shares.null import Null
from attribution.engine.shares.results import Float64Array
from attribution.engine.task import IntArray

ENUMERATED_MEMBERS = 4  # 35 distinct draws; 5 members would have 126


def intervals(
    totals: Float64Array, null: Null, paid: IntArray, shares: Float64Array, config: ShareConfig
) -> tuple[Float64Array, Float64Array]:
    """Return (low, high) fractions around `shares` (G, paid) for totals (members, G, n_tracks).

    One member gives low = high = share.
    """
    members = len(totals)
    if members == 1:
        return shares, shares
    draws, weights = zip(*_draws(members, config), strict=True)
    resampled = np.stack([_shares_of(totals, null, paid, draw) for draw in draws])  # (R, G, paid)
    tail = (1 - config.interval_level) / 2
    widening = np.sqrt(members / (members - 1))
    low = _weighted_quantile(resampled, np.array(weights), tail)
    high = _weighted_quantile(resampled, np.array(weights), 1 - tail)
    return (
        np.clip(shares - widening * np.maximum(0, shares - low), 0, 1),
        np.clip(shares + widening * np.maximum(0, high - shares), 0, 1),
    )


def _draws(members: int, config: ShareConfig) -> Iterator[tuple[Float64Array, float]]:
    """Yield (weight of each member, probability) for draws of `members` with replacement."""
    if members <= ENUMERATED_MEMBERS:
        for draw in combinations_with_replacement(range(members), members):
            counts = np.bincount(draw, minlength=members)
            orders = factorial(members) // prod(factorial(int(count)) for count in counts)
            yield counts / members, orders / members**members
        return
    random = np.random.default_rng(config.seed)
    for _ in range(config.resamples):
        counts = np.bincount(random.integers(0, members, members), minlength=members)
        yield counts / members, 1 / config.resamples


def _shares_of(
    totals: Float64Array, null: Null, paid: IntArray, draw: Float64Array
) -> Float64Array:
    excess, z = null.excess_and_z(np.tensordot(draw, totals, axes=1))
    return fractions(excess[:, paid], z[:, paid], null.gate)


def _weighted_quantile(values: Float64Array, weights: Float64Array, level: float) -> Float64Array:
    """Return the smallest value with cumulated weight ≥ level along axis 0."""
    order = np.argsort(values, axis=0, kind="stable")
    cumulated = np.cumsum(weights[order], axis=0)
    place = np.argmax(cumulated >= level - 1e-12, axis=0)
    chosen = np.take_along_axis(order, place[None], axis=0)
    quantile: Float64Array = np.take_along_axis(values, chosen, axis=0)[0]
    return quantile
