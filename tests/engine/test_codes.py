"""What a stored number loses, for each way of writing it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from attribution.engine import CaptureConfig, FeatureStore, StoreError
from attribution.engine.store.codes import decode, encode, row_bytes, stored_dtype, stored_width

DTYPES = ["float32", "float16", "int8", "sign"]
MAGNITUDES = st.sampled_from([0.0, 1e-44, 1e-38, 1e-20, 1e-3, 1.0, 77.0, 1e20, 1e38])
ROWS = st.tuples(st.integers(1, 4), st.sampled_from([8, 16, 40])).flatmap(
    lambda shape: st.tuples(
        arrays.arrays(np.float32, shape, elements=st.floats(-1, 1, width=32)),
        arrays.arrays(np.float32, (shape[0], 1), elements=MAGNITUDES.map(np.float32)),
    ).map(lambda drawn: drawn[0] * drawn[1])
)


def allowed_error(rows: np.ndarray, scales: np.ndarray, dtype: str) -> np.ndarray:
    """Half a unit in the last place of the code, and of float32 itself."""
    size = np.abs(rows).astype(np.float64)
    scale = scales[:, None].astype(np.float64)
    each = {
        "float32": 0 * size,
        "float16": np.maximum(size * 2**-11, scale * 2**-25),
        "int8": scale / 2 + size * 2**-20,
        "sign": np.maximum(scale - size, size - scale),
    }
    return each[dtype] + 2e-43  # where float32 itself has no digits left


@pytest.mark.parametrize("dtype", DTYPES)
@given(rows=ROWS)
def test_a_row_comes_back_within_half_a_unit_of_its_code(dtype, rows):
    encoded = encode(rows, dtype)
    back = decode(encoded, dtype)
    assert back.dtype == np.float32
    assert encoded.scales.dtype == np.float32
    assert encoded.codes.dtype == stored_dtype(dtype)
    assert encoded.codes.shape == (len(rows), stored_width(rows.shape[1], dtype))
    error = np.abs(back.astype(np.float64) - rows)
    assert (error <= allowed_error(rows, encoded.scales, dtype) * (1 + 1e-6)).all()
    assert np.isfinite(back).all()


@pytest.mark.parametrize("dtype", DTYPES)
@given(rows=ROWS)
def test_a_code_depends_on_its_own_row_alone(dtype, rows):
    together = encode(rows, dtype)
    for place in range(len(rows)):
        alone = encode(rows[place : place + 1].copy(), dtype)
        np.testing.assert_array_equal(alone.codes[0], together.codes[place])
        assert alone.scales[0] == together.scales[place]


@given(rows=ROWS)
def test_signs_meet_their_own_row_without_error(rows):
    back = decode(encode(rows, "sign"), "sign").astype(np.float64)
    exact = (rows.astype(np.float64) ** 2).sum(1)
    np.testing.assert_allclose((back * rows).sum(1), exact, rtol=1e-5, atol=1e-80)


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_row_of_zeros_stays_one(dtype):
    rows = np.zeros((2, 16), np.float32)
    rows[1] = 1e-3
    np.testing.assert_array_equal(decode(encode(rows, dtype), dtype)[0], 0)


@pytest.mark.parametrize("dtype", DTYPES)
def test_under_random_rotations_scores_are_right_on_average(dtype):
    rng = np.random.default_rng(5)
    row, query = rng.normal(size=(2, 64)) * np.geomspace(1, 1e-3, 64)  # far from Gaussian
    scores = np.empty(3000)
    for draw in range(len(scores)):
        rotation = np.linalg.qr(rng.normal(size=(64, 64)))[0]
        turned = (rotation @ row)[None].astype(np.float32)
        scores[draw] = (rotation @ query) @ decode(encode(turned, dtype), dtype)[0]
    spread = scores.std() / np.sqrt(len(scores))
    assert abs(scores.mean() - row @ query) < 4 * spread + 1e-6
    shrunk = scores.mean() * 2 / np.pi  # what the nearest scale would give instead
    assert dtype != "sign" or abs(shrunk - row @ query) > 4 * spread


def test_the_first_number_of_eight_is_the_lowest_bit():
    row = np.array([[1, -1, -1, 0, -1, -1, -1, -1]], np.float32)
    assert encode(row, "sign").codes.tolist() == [[0b0000_1001]]


@pytest.mark.parametrize(
    ("dtype", "expected"), [("float32", 404), ("float16", 204), ("int8", 104), ("sign", 17)]
)
def test_a_row_takes_what_is_told(dtype, expected):
    dimension = 100 if dtype != "sign" else 104
    codes, scales = encode(np.ones((1, dimension), np.float32), dtype)
    assert codes.nbytes + scales.nbytes == row_bytes(dimension, dtype) == expected


def test_signs_that_do_not_fill_a_byte_are_refused_before_anything_is_captured(tmp_path):
    config = CaptureConfig(dimension=36, dtype="sign")
    with pytest.raises(StoreError, match="multiple of 8"):
        FeatureStore.create(tmp_path / "s", config, members=["0"], n_segments=1, identity={})
    with pytest.raises(StoreError, match="multiple of 8"):
        encode(np.ones((1, 36), np.float32), "sign")


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_sealed_store_returns_the_decoded_rows(tmp_path, dtype):
    config = CaptureConfig(dimension=16, shard_rows=4, dtype=dtype)
    store = FeatureStore.create(tmp_path / "s", config, members=["0"], n_segments=6, identity={})
    rows = np.random.default_rng(0).normal(size=(6, 16)).astype(np.float32)
    store.write("0", 0, rows[:4], "by hand")
    store.write("0", 1, rows[4:], "by hand")
    store.seal()
    opened = FeatureStore.open(store.path, verify="full")
    expected = encode(rows, dtype)
    np.testing.assert_array_equal(opened.scales("0"), expected.scales)
    np.testing.assert_array_equal(opened.rows("0", 1), expected.codes[4:])
    np.testing.assert_array_equal(opened.shard_rows("0", 1), decode(expected, dtype)[4:])
