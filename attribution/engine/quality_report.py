"""What an evaluation against retrained models found, as a report that can be kept beside features.

The report is plain JSON: whoever retrains on other machines writes it with `quality_report` and
sends the file; `manage.py record_quality` keeps it (docs/concepts/for-engineers.md).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from attribution.engine.evaluation import Floats, ceiling, evaluate

FORMAT = "tantieme quality report 1"


def quality_report(
    method: str,
    scores: NDArray[np.floating],
    segment_track: NDArray[np.int64],
    subsets: NDArray[np.bool_],
    losses: Floats,
    *,
    calibration: Sequence[tuple[float, float, int]] = (),
) -> dict[str, Any]:
    """The LDS of a method with its interval and its ceiling, and the calibration of its intervals.

    scores: (n_queries, n_segments); segment_track: (n_segments,); subsets: (n_subsets, n_tracks);
    losses: (n_seeds, n_subsets, n_queries), of models retrained on the subsets with several seeds.

    Args:
        calibration: (what intervals promise to hold, what they held, of how many shares), the
            first two as parts of one; empty where no other training run was there to compare.

    Raises:
        ValueError: as `evaluate`.
    """
    found = evaluate(scores, segment_track, subsets, losses.mean(axis=0))
    return {
        "format": FORMAT,
        "method": method,
        "subsets": len(subsets),
        "seeds": len(losses),
        "queries": len(scores),
        "lds": {"value": found.value, "low": found.low, "high": found.high},
        "ceiling": ceiling(losses),
        "calibration": [
            {"promised": promised, "held": held, "shares": shares}
            for promised, held, shares in calibration
        ],
    }
