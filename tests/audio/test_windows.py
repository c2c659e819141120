"""Windows cover every sample, are of one length, and say when they begin and end."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attribution.audio.windows import cut


@given(
    n_samples=st.integers(1, 5_000),
    size=st.integers(1, 1_000),
    part=st.floats(0.01, 1),
    rate=st.sampled_from([100, 1000]),
)
def test_every_sample_is_in_a_window_and_none_is_short(n_samples, size, part, rate):
    hop = max(1, int(size * part))
    windows = cut(n_samples, rate, size / rate, hop / rate)
    heard = np.zeros(n_samples, bool)
    for start, end in zip(windows.starts, windows.ends, strict=True):
        assert end - start == min(size, n_samples)
        heard[start:end] = True
    assert heard.all()
    steps = np.diff(windows.starts)
    assert (steps[:-1] == hop).all()
    assert ((steps > 0) & (steps <= hop)).all()


def test_windows_are_stamped_in_seconds():
    windows = cut(10_000, 1000, 4.0, 2.5)
    assert windows.seconds.tolist() == [[0.0, 4.0], [2.5, 6.5], [5.0, 9.0], [6.0, 10.0]]
    assert cut(1_500, 1000, 4.0, 2.5).seconds.tolist() == [[0.0, 1.5]]


@pytest.mark.parametrize("hop_seconds", [0, -1, 4.1, 0.0001])
def test_gaps_and_standing_still_are_refused(hop_seconds):
    with pytest.raises(ValueError, match="take a hop above 0 s"):
        cut(10_000, 1000, 4.0, hop_seconds)


def test_nothing_has_no_windows():
    with pytest.raises(ValueError, match="without samples"):
        cut(0, 1000, 4.0, 2.0)
