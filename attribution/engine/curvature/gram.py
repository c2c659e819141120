"""The Gram matrix of stored rows as curvature: what TRAK does, after the projection.

With Φ (n, k) the stored rows of a member, TRAK scores qᵀ (ΦᵀΦ + λ)⁻¹ r (Park et al., 2303.14186,
section 3; without its residual weights). Only the query has to be changed for it, so any store can
be asked this way, and one whose rows were made without curvature should be.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from attribution.engine.errors import StoreError
from attribution.engine.store.feature_store import FeatureStore
from attribution.engine.task import FloatArray

LARGEST_SIDE = 16_384  # of a matrix that is decomposed: 2 GiB in float64


def gram_queries(
    store: FeatureStore, queries: Mapping[str, FloatArray], *, damping: float = 0.1
) -> dict[str, FloatArray]:
    """Return queries whose plain scan of the store gives Gram-preconditioned scores.

    queries: member → (q, dimension), as for `exact_scan`. λ is `damping` times the mean eigenvalue
    of the smaller of ΦᵀΦ and ΦΦᵀ. Raises StoreError when both have more than `LARGEST_SIDE` rows.
    """
    if not damping > 0:
        raise StoreError(f"The damping of a Gram matrix must be positive, not {damping}.")
    smaller = min(store.config.dimension, store.n_segments)
    if smaller > LARGEST_SIDE:
        raise StoreError(
            f"The Gram matrix of {store.n_segments:,} rows of {store.config.dimension:,} numbers "
            f"has no side of {LARGEST_SIDE:,} or less and would not fit memory: capture with "
            "curvature 'kronecker', which needs none, or with a smaller dimension."
        )
    solve = _by_numbers if store.config.dimension == smaller else _by_rows
    return {
        member: solve(_rows(store, member), queries[member], damping) for member in store.members
    }


def _by_numbers(rows: FloatArray, queries: FloatArray, damping: float) -> FloatArray:
    """q (ΦᵀΦ + λ)⁻¹ by the (k, k) matrix."""
    gram = rows.T.astype(np.float64) @ rows
    solved: FloatArray = np.linalg.solve(_damped(gram, damping)[0], queries.T).T.astype(np.float32)
    return solved


def _by_rows(rows: FloatArray, queries: FloatArray, damping: float) -> FloatArray:
    """The same by the (n, n) matrix: (q − q Φᵀ (ΦΦᵀ + λ)⁻¹ Φ) / λ (Woodbury)."""
    kernel, strength = _damped(rows.astype(np.float64) @ rows.T, damping)
    inside = np.linalg.solve(kernel, (rows @ queries.T).astype(np.float64))
    solved: FloatArray = ((queries - inside.T @ rows) / strength).astype(np.float32)
    return solved


def _damped(matrix: NDArray[np.float64], damping: float) -> tuple[NDArray[np.float64], float]:
    """Return the matrix with λ on its diagonal, and λ; in place."""
    strength = damping * float(matrix.trace()) / len(matrix)
    if strength <= 0:
        raise StoreError("All rows of the store are zero, so there is nothing to precondition by.")
    matrix[np.diag_indices_from(matrix)] += strength
    return matrix, strength


def _rows(store: FeatureStore, member: str) -> FloatArray:
    return np.concatenate([store.shard_rows(member, shard) for shard in range(store.n_shards)])
