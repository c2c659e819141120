"""Chance is judged by the size of a track's own gradients, so restless tracks harm no others."""

import numpy as np
import pytest

from attribution.engine import BadScores, attribute
from tests.engine.worlds import World, shares_of


def restless_world(sources=()):
    """Scores and norms where every fourth track has gradients five times the usual size."""
    scores, generation, track, role = World(sources=sources, noise=0.1).make()
    size = np.where(np.arange(len(role)) % 4 == 0, 5.0, 1.0)
    centre = np.median(scores, axis=2, keepdims=True)
    loud = (centre + (scores - centre) * size[track]).astype(np.float32)
    counts = np.bincount(track)
    norms = np.tile(size * np.sqrt(counts + 0.3 * counts**2), (len(scores), 1))
    return (loud, generation, track, role), norms.astype(np.float32)


def test_restless_tracks_do_not_raise_the_gate_for_the_quiet_ones():
    quiet_track = 5
    world, norms = restless_world(sources=tuple((g, quiet_track, 5.0) for g in range(0, 30, 3)))
    by_length, by_norm = attribute(*world), attribute(*world, track_norms=norms)
    assert by_norm.quality.spread_law == "norms"
    assert by_norm.quality.gate_z < 0.7 * by_length.quality.gate_z
    earned = [
        np.mean([shares_of(run)[g].get(quiet_track, 0) for g in range(0, 30, 3)])
        for run in (by_length, by_norm)
    ]
    assert earned[1] > max(0.2, 2 * earned[0])


def test_chance_earns_almost_nothing_from_restless_tracks_either():
    world, norms = restless_world()
    quality = attribute(*world, track_norms=norms).quality
    assert quality.attributed < 0.02
    assert quality.false_tracks_per_generation < 0.2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda norms: norms[:1], "needs the shape"),
        (lambda norms: norms * 0, "norm of 0"),
        (lambda norms: norms * np.nan, "norm of 0"),
    ],
)
def test_norms_that_make_no_sense_are_refused(change, sentence):
    world, norms = restless_world()
    with pytest.raises(BadScores, match=sentence):
        attribute(*world, track_norms=change(norms))
