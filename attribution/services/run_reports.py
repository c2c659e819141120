"""What of a run's scores is worth looking at and small enough to keep in its row.

The whole table of scores is a file (`score_files`). A page draws these counts instead: how standard
scores of trained tracks lie beside those of control tracks, which the model never saw, and which
tracks are among the best of many pieces. A run keeps its report as it ends.
"""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from attribution.models import AttributionRun
from attribution.services.score_files import load_scores, standard_scores_name
from catalog.models import TrainingRole

# The same for all runs, so that they can be compared; what lies beyond is counted at the ends.
LOWEST_Z, HIGHEST_Z, STEP_Z = -6.0, 24.0, 0.5
HUBS = 10  # tracks that are kept
CONTROLS = (TrainingRole.CONTROL_CALIBRATION, TrainingRole.CONTROL_TEST)


def report_of(
    z: NDArray[np.floating],
    roles: Sequence[str],
    track_ids: NDArray[np.int64],
    *,
    probes: Collection[int] = (),
) -> dict[str, Any]:
    """The report of standard scores (pieces, tracks).

    Args:
        probes: rows of pieces that were planted to test the system; they are left out, as they are
            of the quality figures.

    Returns:
        first_z, step_z: where the bins begin and how wide they are; the first and the last also
        count what lies beyond. trained, controls: how many scores fall into each. hubs: the tracks
        that are among the best of the most pieces, as {"track": id, "pieces": how many}.
    """
    z = np.delete(z, list(probes), axis=0)
    is_control = np.isin(np.array(roles), [role.value for role in CONTROLS])
    trained = np.flatnonzero(~is_control)
    return {
        "pieces": len(z),
        "first_z": LOWEST_Z,
        "step_z": STEP_Z,
        "trained": _counts(z[:, ~is_control]),
        "controls": _counts(z[:, is_control]),
        "hubs": _hubs(z[:, trained], track_ids[trained]),
    }


def add_report(run: AttributionRun) -> None:
    """Give a finished run its report from its file of scores, as runs now do by themselves.

    Raises:
        OSError: the file is gone.
    """
    table = load_scores(standard_scores_name(run))
    planted = set(run.config.get("probes", ()))
    probes = [place for place, name in enumerate(table.generation_ids) if name in planted]
    run.report = report_of(table.values, table.roles, table.track_ids, probes=probes)
    run.save(update_fields=["report"])


def _counts(z: NDArray[np.floating]) -> list[int]:
    edges = np.arange(LOWEST_Z, HIGHEST_Z + STEP_Z / 2, STEP_Z)
    present = z[np.isfinite(z)]
    counts, _ = np.histogram(np.clip(present, LOWEST_Z, HIGHEST_Z), edges)
    return [int(count) for count in counts]


def _hubs(z: NDArray[np.floating], track_ids: NDArray[np.int64]) -> list[dict[str, int]]:
    from attribution import engine

    if not z.size:
        return []
    best = engine.best_tracks(np.asarray(z, dtype=np.float64))
    pieces = np.bincount(best.ravel(), minlength=len(track_ids))
    order = np.argsort(-pieces, kind="stable")[:HUBS]
    return [
        {"track": int(track_ids[place]), "pieces": int(pieces[place])}
        for place in order
        if pieces[place]
    ]
