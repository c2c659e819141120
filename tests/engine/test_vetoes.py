"""Scores that are broken are objected to without retraining, and sound ones are not."""

from dataclasses import replace

import numpy as np
import pytest

from attribution.engine import CaptureConfig, FeatureStore, Limits, attribute, track_likeness
from attribution.engine.shares import matrix
from tests.engine.worlds import World

# Every piece has three sources of its own, as a sound run would show.
SOUND = World(
    trained=60,
    members=3,
    sources=tuple((g, (7 * g + step) % 60, 6.0) for g in range(30) for step in range(3)),
)


def objections(scores, world=SOUND, **more):
    _, generation, track, role = world.make()
    return attribute(scores, generation, track, role, **more).quality.objections()


def test_a_sound_run_raises_no_objection():
    for seed in range(5):
        assert objections(replace(SOUND, seed=seed).make()[0], replace(SOUND, seed=seed)) == ()


def test_pieces_that_all_name_the_same_tracks_are_vetoed():
    everywhere = replace(SOUND, sources=tuple((g, t, 30.0) for g in range(30) for t in (3, 4)))
    said = objections(everywhere.make()[0], everywhere)
    assert any("The same track is among the best of 100%" in sentence for sentence in said)
    assert any("One pattern explains" in sentence for sentence in said)


def test_random_scores_of_several_members_are_vetoed():
    scores = SOUND.make()[0]
    noise = np.random.default_rng(1).normal(size=scores.shape).astype(np.float32)
    (said,) = objections(noise)
    assert "agrees with the others by" in said


@pytest.mark.parametrize("broken", [0, 2])
def test_one_broken_member_among_sound_ones_is_vetoed(broken):
    scores = SOUND.make()[0]
    scores[broken] = np.random.default_rng(1).normal(size=scores[broken].shape)
    (said,) = objections(scores)
    assert "A member of the ensemble agrees with the others by" in said


def test_a_member_whose_rows_belong_to_other_segments_is_vetoed():
    scores = SOUND.make()[0]
    scores[1] = np.roll(scores[1], 40, axis=1)
    assert any("A member of the ensemble" in said for said in objections(scores))


def test_controls_that_score_like_sources_are_vetoed():
    """Test controls with sources of their own: money would go where nothing was trained."""
    unlike = replace(SOUND, sources=tuple((g, 80 + g % 20, 9.0) for g in range(30)))
    said = objections(unlike.make()[0], unlike)
    assert any("Tracks never trained on would take" in sentence for sentence in said)


def test_one_piece_that_happens_to_resemble_a_control_vetoes_nothing():
    lucky = replace(SOUND, sources=(*SOUND.sources[3:], (0, 85, 9.0)))
    assert objections(lucky.make()[0], lucky) == ()


def test_few_pieces_prove_nothing_unless_companions_speak_for_them():
    scores, generation, track, role = SOUND.make()
    noise = np.random.default_rng(1).normal(size=scores.shape).astype(np.float32)
    few = generation < 4
    alone = attribute(noise[:, few], generation[few], track, role).quality
    assert (alone.judged, alone.judged_on, alone.objections()) == (4, "generations", ())
    accompanied = attribute(noise, generation, track, role, companions=range(4, 30)).quality
    assert (accompanied.judged, accompanied.judged_on) == (26, "companions")
    assert len(accompanied.objections()) == 1
    sound = attribute(scores, generation, track, role, companions=range(4, 30)).quality
    assert sound.objections() == ()


def test_the_limits_are_the_operators():
    scores, generation, track, role = SOUND.make()
    quality = attribute(scores, generation, track, role).quality
    strict = Limits(column_concentration=0.0, top_singular_value=0.0, member_agreement=1.0)
    assert len(quality.objections(strict)) == 3


def families(tmp_path, *, tracks=60, dimension=64, random_rows=False):
    """A store with one row a track; tracks of one family share most of their row."""
    random = np.random.default_rng(0)
    family = random.normal(size=(6, dimension))[np.arange(tracks) % 6]
    own = random.normal(size=(tracks, dimension))
    rows = (own if random_rows else family + own).astype(np.float32)
    config = CaptureConfig(dimension=dimension, shard_rows=16, dtype="float32")
    store = FeatureStore.create(
        tmp_path, config, members=["a", "b"], n_segments=tracks, identity={}
    )
    for member in store.members:
        for shard in range(store.n_shards):
            start, stop = store.description.shard_range(shard)
            store.write(member, shard, rows[start:stop], "same")
    store.seal()
    return store, rows


def test_likeness_is_the_mean_cosine_of_the_summed_rows(tmp_path):
    store, rows = families(tmp_path, tracks=40)
    segment_track = np.arange(40) // 2  # two rows a track, across the edges of shards
    summed = rows.reshape(20, 2, -1).sum(1)
    unit = summed / np.linalg.norm(summed, axis=1, keepdims=True)
    groups = np.array([[0, 5, 19], [2, 3, 2]])
    expected = [
        np.mean([unit[a] @ unit[b], unit[a] @ unit[c], unit[b] @ unit[c]]) for a, b, c in groups
    ]
    assert track_likeness(store, segment_track)(groups) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("sound", [True, False], ids=["by the rows", "random"])
def test_best_tracks_with_nothing_in_common_are_vetoed_even_with_one_member(tmp_path, sound):
    store, rows = families(tmp_path)
    world = World(trained=60, calibration=20, test=0, members=1, queries=1)
    random = np.random.default_rng(3)
    noise = random.normal(size=(30, 80))
    if sound:
        noise[:, :60] += (rows[random.integers(60, size=30)] @ rows.T) / 20
    role = np.repeat([0, 1], [60, 20])
    result = attribute(
        noise[None].astype(np.float32),
        np.arange(world.generations),
        np.arange(80),
        role,
        likeness=track_likeness(store, np.arange(60)),
    )
    assert (result.quality.likeness_z > 3) == sound
    assert any("no more alike than random" in s for s in result.quality.objections()) != sound


def test_one_strong_source_does_not_pass_for_a_common_pattern():
    world = replace(SOUND, sources=((0, 5, 1000.0),))
    scores, generation, track, role = world.make()
    assert attribute(scores, generation, track, role).quality.singular_energies[0] < 0.3


def test_the_spectrum_of_a_known_matrix_is_what_it_is():
    energies, rank = matrix.spectrum(np.diag([3.0, 4.0]))
    assert energies == pytest.approx((16 / 25, 9 / 25))
    assert rank == pytest.approx(np.exp(-(0.64 * np.log(0.64) + 0.36 * np.log(0.36))))
    assert matrix.spectrum(np.zeros((3, 4))) == ((0.0,), 0.0)


def test_equal_rows_are_wholly_alike_and_opposite_ones_are_not():
    rows = matrix.unit_rows(np.array([[1.0, 2.0, 6.0], [2.0, 4.0, 12.0]]))
    assert matrix.likeness_of_rows(rows) == pytest.approx(1)
    assert matrix.likeness_of_rows(rows * [[1], [-1]]) == pytest.approx(-1)
    assert matrix.likeness_of_rows(rows[:1]) == 0
