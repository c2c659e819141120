"""Are resampled rows of the same kind as captured ones? Spectrum, norms, and tails of scores."""

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from attribution.engine import FloatArray, Role
from benchmarks.captured import Captured

_SPECTRUM_ROWS = 1500
_TAILS = (0.01, 0.5, 0.9, 0.99, 0.999, 0.9999)


def agreement(source: Captured) -> Table:
    """A table of captured rows, as many resampled ones, and independent ones as a contrast."""
    table = Table(title="Rows", title_justify="left", box=None, pad_edge=False)
    table.add_column("", no_wrap=True)
    kinds = {
        "captured": source.rows,
        "resampled": source.resampled(len(source.rows), 2 * len(source.rows)),
        "independent": _independent(source.rows),
    }
    told = [_described(source, rows) for rows in kinds.values()]
    for kind in kinds:
        table.add_column(kind, justify="right")
    for name in told[0]:
        table.add_row(name, *(described[name] for described in told))
    return table


def _described(source: Captured, rows: FloatArray) -> dict[str, str]:
    """What is looked at, and how it reads."""
    found = _spectrum(rows)
    norms = np.linalg.norm(rows, axis=1)
    for level in (0.1, 0.5, 0.9):
        found[f"norm, {level:.0%} quantile"] = f"{np.quantile(norms, level):.4g}"
    standard = _standard_scores(source, rows)
    for level in _TAILS:
        found[f"standard score, {100 * level:g} % quantile"] = f"{np.quantile(standard, level):.2f}"
    cosines = -np.sort(-_cosines(source.queries, rows), axis=1)
    for rank in (1, 10):
        value = np.median(cosines[:, rank - 1])
        found[f"cosine of a query and its row no. {rank}, median"] = f"{value:.3f}"
    return found


def _spectrum(rows: FloatArray) -> dict[str, str]:
    chosen = np.random.default_rng(1).permutation(len(rows))[:_SPECTRUM_ROWS]
    gram = (rows[chosen] @ rows[chosen].T).astype(np.float64)
    shares = np.linalg.eigvalsh(gram)[::-1] / np.trace(gram)
    found = {
        f"energy of the {count} largest eigenvalues": f"{shares[:count].sum():.3f}"
        for count in (1, 10, 100)
    }
    return found | {"effective rank (1 / Σ share²)": f"{1 / np.square(shares).sum():.0f}"}


def _standard_scores(source: Captured, rows: FloatArray) -> NDArray[np.float64]:
    """Scores of all queries, on the scale of the captured controls' median and deviation."""
    control = source.rows[source.role[source.track] != Role.TRAINED]
    null = (source.queries @ control.T).astype(np.float64)
    centre = np.median(null, axis=1, keepdims=True)
    spread = 1.4826 * np.median(np.abs(null - centre), axis=1, keepdims=True)
    standard: NDArray[np.float64] = (source.queries @ rows.T - centre) / spread
    return standard


def _cosines(queries: FloatArray, rows: FloatArray) -> FloatArray:
    norms = np.linalg.norm(queries, axis=1)[:, None] * np.linalg.norm(rows, axis=1)
    cosines: FloatArray = queries @ rows.T / norms
    return cosines


def _independent(rows: FloatArray) -> FloatArray:
    """Normal numbers with the norms of these rows: what a benchmark must not use."""
    drawn = np.random.default_rng(2).standard_normal(rows.shape, dtype=np.float32)
    drawn *= np.linalg.norm(rows, axis=1, keepdims=True) / np.sqrt(np.float32(rows.shape[1]))
    return drawn
