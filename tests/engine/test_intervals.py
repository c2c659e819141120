"""The interval of a share tells what other training runs would give, and owns up to having one."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from attribution.engine import PPB, BadScores, EngineError, ShareConfig, attribute
from attribution.engine.shares.credit import fractions
from attribution.engine.shares.interval import Prediction, intervals
from tests.engine.worlds import World

# Pieces whose sources stand out by very different amounts, in a world where half of what tracks
# score by chance is a run's own.
SOURCES = tuple((g, g, 3.0 + g / 3) for g in range(24))
WORLD = World(sources=SOURCES, members=12, noise=1.0, calibration=60, test=8)


def members_of(world, chosen, config=None, **more):
    scores, generation, track, role = world.make()
    return attribute(scores[chosen], generation, track, role, config, **more)


def ends(run):
    return {
        (found.generation, share.track): (share.low_ppb, share.share_ppb, share.high_ppb)
        for found in run.generations
        for share in found.shares
    }


def mean_width(run):
    return float(np.mean([high - low for low, _, high in ends(run).values()])) / PPB


@pytest.mark.parametrize("runs", [2, 3, 4])
def test_most_intervals_hold_the_share_that_eight_other_runs_give(runs):
    held = []
    for seed in range(4):
        world = replace(WORLD, seed=seed)
        other = ends(members_of(world, range(4, 12)))
        own = ends(members_of(world, range(runs)))
        held += [low <= other.get(key, (0, 0, 0))[1] <= high for key, (low, _, high) in own.items()]
    assert len(held) > 40
    assert 0.8 < np.mean(held) <= 1


def test_more_runs_make_narrower_intervals():
    widths = [mean_width(members_of(WORLD, range(runs))) for runs in (2, 4, 8)]
    assert widths == sorted(widths)[::-1]


def test_checkpoints_of_one_run_do_not_count_as_several_runs():
    scores, generation, track, role = replace(WORLD, members=4).make()
    apart = attribute(scores, generation, track, role)
    together = attribute(scores, generation, track, role, member_runs=[7, 7, 7, 7])
    assert (apart.quality.runs, together.quality.runs) == (4, 1)
    assert mean_width(together) > mean_width(apart)
    shares = [[middle for _, middle, _ in ends(run).values()] for run in (apart, together)]
    assert shares[0] == shares[1], "which runs they are of changes intervals alone"


def test_the_same_checkpoint_twice_is_no_second_witness():
    scores, generation, track, role = replace(WORLD, members=2).make()
    twice = attribute(scores[[0, 0, 1, 1]], generation, track, role, member_runs=[0, 0, 1, 1])
    once = attribute(scores, generation, track, role)
    assert ends(twice) == ends(once)


def test_one_run_assumes_what_several_measure():
    alone = members_of(replace(WORLD, members=2), [0, 1], member_runs=[0, 0])
    assert alone.quality.run_gain is alone.quality.run_spread is None
    wide = members_of(
        replace(WORLD, members=2),
        [0, 1],
        member_runs=[0, 0],
        config=ShareConfig(run_spread=1.0),
    )
    assert mean_width(wide) > mean_width(alone)


@pytest.mark.parametrize(("noise", "gain"), [(0.5, 0.25), (1.0, 1.0), (2.0, 4.0)])
def test_how_much_of_chance_is_a_runs_own_is_measured(noise, gain):
    """Segments vary by 1 in common and by noise² on their own; one segment a track, no likeness."""
    world = World(members=6, noise=noise, likeness=0.0, generations=60, calibration=60)
    measured = attribute(*world.make()).quality.run_gain
    assert gain / 2 < measured < 2 * gain


def test_runs_that_agree_have_less_spread_than_runs_that_do_not():
    spreads = [
        members_of(replace(WORLD, noise=noise), range(4)).quality.run_spread for noise in (0.1, 2.0)
    ]
    assert spreads[0] < spreads[1]


def test_a_higher_level_is_a_wider_interval_around_the_same_share():
    narrow, wide = (
        ends(members_of(WORLD, range(3), config=ShareConfig(interval_level=level)))
        for level in (0.5, 0.95)
    )
    for key, (low, share, high) in narrow.items():
        assert wide[key][0] <= low <= share <= high <= wide[key][2]
        assert wide[key][1] == share


def test_a_list_of_runs_that_does_not_fit_the_members_is_refused():
    with pytest.raises(BadScores, match="one run for each of 2 members"):
        members_of(WORLD, [0, 1], member_runs=[0])


@pytest.mark.parametrize("change", [{"run_gain": -0.1}, {"run_spread": 0.0}], ids=repr)
def test_impossible_assumptions_about_runs_are_refused(change):
    with pytest.raises(EngineError, match="run_gain"):
        ShareConfig(**change)


rows = arrays.arrays(np.float64, (2, 8), elements=st.floats(-3, 8))


@given(strength=rows, spread=st.floats(0, 2), shift=st.floats(-1, 1))
def test_an_interval_holds_its_share_and_stays_within_one(strength, spread, shift):
    shares = fractions(strength, strength, 1.0)
    prediction = Prediction(shift, np.full(strength.shape, spread), 4)
    low, high = intervals(strength, strength, shares, prediction, ShareConfig(resamples=20))
    assert (low >= 0).all()
    assert (low <= shares).all()
    assert (shares <= high).all()
    assert (high <= 1 + 1e-12).all()


@given(strength=rows)
def test_without_noise_there_is_nothing_to_be_unsure_of(strength):
    shares = fractions(strength, strength, 1.0)
    prediction = Prediction(0.0, np.zeros(strength.shape), 4)
    low, high = intervals(strength, strength, shares, prediction, ShareConfig(resamples=5))
    assert low == pytest.approx(shares, abs=1e-12)
    assert high == pytest.approx(shares, abs=1e-12)


@given(strength=arrays.arrays(np.float64, 6, elements=st.floats(0, 8)), parts=st.integers(2, 5))
def test_a_track_in_parts_that_stand_out_like_the_whole_earns_the_same(strength, parts):
    whole = fractions(strength[None], strength[None], 1.0)[0]
    excess = np.concatenate([np.full(parts, strength[0] / parts), strength[1:]])
    z = np.concatenate([np.full(parts, strength[0]), strength[1:]])
    split = fractions(excess[None], z[None], 1.0)[0]
    assert split[:parts].sum() == pytest.approx(whole[0], abs=1e-9)
    assert split[parts:] == pytest.approx(whole[1:], abs=1e-9)


@given(
    z=arrays.arrays(np.float64, (2, 7), elements=st.floats(-5, 20)),
    order=st.permutations(range(7)),
    scale=st.floats(1e-6, 1e6),
)
def test_order_and_unit_of_excess_change_no_share(z, order, scale):
    shares = fractions(z, z, 2.0)
    moved = fractions(scale * z[:, list(order)], z[:, list(order)], 2.0)
    assert moved == pytest.approx(shares[:, list(order)], abs=1e-9)
