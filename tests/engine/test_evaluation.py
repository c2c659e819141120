"""The judge itself: Spearman's rho by subsets, intervals, and what noise leaves to be predicted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from attribution.engine import evaluate
from attribution.engine import evaluation as lds


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(1)


few_values = st.integers(-3, 3).map(float)  # so that ties are common


def columns(rows: int = 6) -> st.SearchStrategy[np.ndarray]:
    return arrays(np.float64, (rows, 3), elements=few_values)


def middle_ranks(values: list[float]) -> list[float]:
    """Ranks from 1, counted one by one; equal values share the mean of their places."""
    places = {
        value: [place for place, other in enumerate(sorted(values), 1) if other == value]
        for value in values
    }
    return [sum(places[value]) / len(places[value]) for value in values]


def rho_by_hand(first: np.ndarray, second: np.ndarray) -> float:
    a, b = np.array(middle_ranks(list(first))), np.array(middle_ranks(list(second)))
    if a.std() == 0 or b.std() == 0:
        return 0.0
    return float(((a - a.mean()) * (b - b.mean())).mean() / (a.std() * b.std()))


def test_the_worked_example_of_the_documentation():
    """Three songs of one segment, four models on halves, one query."""
    scores = np.array([[3.0, 1.0, 0.0]])
    halves = np.array([[1, 1, 0], [1, 0, 1], [0, 1, 1], [0, 0, 1]], dtype=bool)
    predicted = lds.predicted_losses(scores, np.arange(3), halves)
    assert predicted.tolist() == [[-4.0], [-3.0], [-1.0], [0.0]]
    assert lds.spearman(predicted, np.array([[5.0], [5.5], [6.5], [6.0]])) == pytest.approx([0.8])


def test_a_positive_score_means_that_training_lowered_the_loss():
    halves = np.array([[1, 0], [0, 1], [1, 1]], dtype=bool)
    predicted = lds.predicted_losses(np.array([[2.0, -1.0]]), np.arange(2), halves)
    assert lds.spearman(predicted, np.array([[1.0], [9.0], [4.0]])) == pytest.approx([1.0])


def test_all_segments_of_a_track_count_and_no_others():
    halves = np.array([[True, False], [False, True]])
    predicted = lds.predicted_losses(np.array([[1.0, 10.0, 100.0]]), np.array([0, 1, 0]), halves)
    assert predicted.tolist() == [[-101.0], [-10.0]]


@given(columns(), columns())
def test_rho_is_that_of_ranks_counted_by_hand(first, second):
    expected = [rho_by_hand(first[:, q], second[:, q]) for q in range(3)]
    assert lds.spearman(first, second) == pytest.approx(expected, abs=1e-9)


@given(columns(), columns(), arrays(np.int64, 6, elements=st.integers(0, 3)))
def test_a_resampled_subset_is_one_written_down_several_times(first, second, counts):
    if counts.sum() < 3:
        return
    written = np.repeat(np.arange(6), counts)
    drawn = lds.spearman(first, second, counts[None])
    assert drawn[0] == pytest.approx(lds.spearman(first[written], second[written]), abs=1e-9)


@given(columns(), columns())
def test_rho_knows_only_order(first, second):
    rho = lds.spearman(first, second)
    assert lds.spearman(np.exp(first), 7 * second - 1) == pytest.approx(rho, abs=1e-9)
    assert lds.spearman(-first, second) == pytest.approx(-rho, abs=1e-9)
    assert lds.spearman(first[::-1], second[::-1]) == pytest.approx(rho, abs=1e-9)


def test_a_method_that_scores_everything_alike_has_no_correlation_and_no_warning():
    assert lds.spearman(np.ones((5, 1)), np.arange(5.0)[:, None]).tolist() == [0.0]


def test_many_queries_are_scored_as_each_alone(rng):
    first, second = rng.normal(size=(9, 50)), rng.normal(size=(9, 50))
    alone = [lds.spearman(first[:, [q]], second[:, [q]])[0] for q in range(50)]
    assert lds.spearman(first, second) == pytest.approx(alone)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_a_number_is_refused(bad):
    values = np.arange(6.0).reshape(6, 1)
    broken = values.copy()
    broken[2] = bad
    with pytest.raises(ValueError, match="finite"):
        lds.spearman(broken, values)


def test_two_shapes_and_two_subsets_are_refused():
    with pytest.raises(ValueError, match="one shape"):
        lds.spearman(np.zeros((4, 2)), np.zeros((4, 3)))
    with pytest.raises(ValueError, match="3 rows"):
        lds.spearman(np.zeros((2, 1)), np.zeros((2, 1)))


def test_the_interval_holds_the_truth_about_as_often_as_it_says(rng):
    """Normal pairs of correlation 0.5, whose Spearman rho is 6/π·asin(1/4) = 0.483."""
    counts, hits = lds.draw_counts(40, draws=300), 0
    for _ in range(60):
        first = rng.normal(size=(40, 4))
        second = 0.5 * first + np.sqrt(0.75) * rng.normal(size=(40, 4))
        found = lds.estimate(lds.spearman(first, second), lds.spearman(first, second, counts))
        hits += found.low <= 0.483 <= found.high
    assert 48 <= hits <= 60  # 95 % of 60 is 57


def test_a_paired_difference_is_surer_than_its_parts(rng):
    """Two methods that are nearly the same differ by little, whatever subsets were drawn."""
    truth = rng.normal(size=(30, 20))
    one = truth + rng.normal(size=truth.shape)
    other = one + 0.05 * rng.normal(size=truth.shape)
    counts = lds.draw_counts(30)
    one_rho, one_drawn = lds.spearman(one, truth), lds.spearman(one, truth, counts)
    other_rho, other_drawn = lds.spearman(other, truth), lds.spearman(other, truth, counts)
    difference = lds.estimate(one_rho - other_rho, one_drawn - other_drawn)
    assert difference.half_width < 0.5 * lds.estimate(one_rho, one_drawn).half_width


def test_every_draw_has_as_many_subsets_as_there_are():
    counts = lds.draw_counts(7, draws=11)
    assert counts.shape == (11, 7)
    assert set(counts.sum(1)) == {7}
    assert np.array_equal(counts, lds.draw_counts(7, draws=11))


def test_one_seed_has_no_ceiling(rng):
    assert lds.ceiling(rng.normal(size=(1, 10, 3))) is None


def test_seeds_that_agree_leave_nothing_to_noise(rng):
    losses = np.repeat(rng.normal(size=(1, 10, 3)), 2, axis=0)
    assert lds.ceiling(losses) == pytest.approx(1.0)


def test_seeds_that_share_nothing_leave_nothing_to_predict(rng):
    assert lds.ceiling(rng.normal(size=(3, 200, 40))) < 0.15


@pytest.mark.parametrize("seeds", [2, 3])
def test_the_ceiling_is_what_the_truth_itself_scores(rng, seeds):
    signal = rng.normal(size=(400, 40))
    losses = signal + rng.normal(size=(seeds, *signal.shape))
    reached = lds.spearman(signal, losses.mean(0)).mean()
    assert lds.ceiling(losses) == pytest.approx(reached, abs=0.02)


def test_evaluating_scores_is_all_steps_in_one():
    rng = np.random.default_rng(5)
    scores, track = rng.normal(size=(4, 12)), np.repeat(np.arange(6), 2)
    subsets = rng.random((9, 6)) < 0.5
    losses = -subsets[:, track].astype(float) @ scores.T + rng.normal(size=(9, 4))
    found = evaluate(scores, track, subsets, losses)
    predicted = lds.predicted_losses(scores, track, subsets)
    assert found.value == pytest.approx(lds.spearman(predicted, losses).mean())
    assert found.low <= found.value <= found.high
    with pytest.raises(ValueError, match="one shape"):
        evaluate(scores, track, subsets, losses[:, :3])
