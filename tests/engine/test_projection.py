"""The count sketch keeps inner products on average, and is the same everywhere and always."""

import hashlib

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from attribution.engine.projection import CountSketch

CPU = torch.device("cpu")
FIRST = [6256, 7729, 6228, 6606, 3821]
DIGEST = "bf5954615b5bc0efc1406bf01e99a073a44337d13bf885646986c4b9ba299052"


def project(sketch: CountSketch, values: torch.Tensor, name: str = "w") -> torch.Tensor:
    accumulator = sketch.empty(len(values))
    sketch.add(accumulator, name, values)
    return sketch.close(accumulator)


def test_inner_products_are_unbiased_with_the_promised_variance():
    generator = torch.Generator().manual_seed(0)
    x, y = torch.randn(2, 300, generator=generator).double()
    y = 0.7 * x + 0.7 * y
    draws = []
    for seed in range(4000):
        table = CountSketch(32, seed, "0", CPU).table("w", 300).numpy()
        signs = np.where(table < 32, 1, -1)
        fold = [np.bincount(table % 32, signs * v.numpy(), minlength=32) for v in (x, y)]
        draws.append(float(fold[0] @ fold[1]))
    inner = float(x @ y)
    variance = float(x @ x * (y @ y) + inner**2 - 2 * (x**2 * y**2).sum()) / 32
    assert np.mean(draws) == pytest.approx(inner, abs=4 * np.sqrt(variance / 4000))
    assert np.var(draws) == pytest.approx(variance, rel=0.12)


@settings(max_examples=30, deadline=None)
@given(
    dimension=st.integers(1, 5000),
    numel=st.integers(1, 3000),
    seed=st.integers(0, 2**63),
    name=st.text(max_size=20),
)
def test_buckets_are_even_and_inside(dimension, numel, seed, name):
    table = CountSketch(dimension, seed, "0", CPU).table(name, numel)
    assert table.shape == (numel,)
    assert 0 <= int(table.min()) <= int(table.max()) < 2 * dimension


def test_every_bucket_and_sign_is_used_evenly():
    table = CountSketch(16, 5, "0", CPU).table("w", 160_000).long()
    counts = torch.bincount(table, minlength=32)
    assert int((counts - 5000).abs().max()) < 5 * 5000**0.5


def test_the_stream_never_changes():
    """Stores of past years are read with these very numbers."""
    table = CountSketch(4096, 7, "seed-1", CPU).table("blocks.0.q.weight", 10_000)
    assert table[:5].tolist() == FIRST
    assert hashlib.sha256(table.numpy().tobytes()).hexdigest() == DIGEST


def test_two_uses_of_one_parameter_add_up():
    sketch, other = CountSketch(16, 0, "0", CPU), CountSketch(16, 0, "0", CPU)
    one, two = torch.randn(2, 3, 40)
    accumulator = sketch.empty(3)
    sketch.add(accumulator, "w", one)
    sketch.add(accumulator, "w", two)
    torch.testing.assert_close(sketch.close(accumulator), project(other, one + two))


def test_rows_that_are_looked_up_land_where_the_whole_matrix_puts_them():
    sketch = CountSketch(16, 0, "0", CPU)
    rows = torch.tensor([[1, 4, 1], [0, 0, 2]])
    values = torch.randn(2, 3, 6)
    whole = torch.zeros(2, 5, 6)
    for sample in range(2):
        whole[sample].index_add_(0, rows[sample], values[sample])
    accumulator = sketch.empty(2)
    sketch.add_rows(accumulator, "w", 5, rows, values)
    torch.testing.assert_close(sketch.close(accumulator), project(sketch, whole.reshape(2, -1)))
