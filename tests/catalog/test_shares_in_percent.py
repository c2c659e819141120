"""A percentage becomes parts per million exactly, or is refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.manifest.cells import CellError, percent_ppm


@given(st.integers(min_value=1, max_value=1_000_000))
def test_every_share_is_read_back_exactly(ppm):
    assert percent_ppm(f"{ppm // 10_000}.{ppm % 10_000:04d}") == ppm
    assert percent_ppm(str(Decimal(ppm) / 10_000)) == ppm


@given(st.integers(min_value=1, max_value=1_000_000), st.integers(min_value=0, max_value=8))
def test_zeros_at_the_end_change_nothing(ppm, n_zeros):
    assert percent_ppm(f"{ppm // 10_000}.{ppm % 10_000:04d}{'0' * n_zeros}") == ppm


@given(
    st.decimals(allow_nan=True, allow_infinity=True) | st.floats().map(str) | st.text(max_size=8)
)
def test_whatever_is_accepted_is_the_exact_decimal(value):
    text = str(value)
    try:
        ppm = percent_ppm(text)
    except CellError:
        return
    assert ppm == Decimal(text) * 10_000
    assert 0 < ppm <= 1_000_000


@pytest.mark.parametrize("text", ["", " 5", "+5", "5.", ".5", "5 %", "1_0", "0x10", "five", "５"])
def test_other_spellings_are_refused(text):
    with pytest.raises(CellError):
        percent_ppm(text)
