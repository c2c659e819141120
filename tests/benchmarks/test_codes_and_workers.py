"""The benchmarks of stored codes and of many workers, at sizes that take a moment."""

import numpy as np
import pytest

from attribution.engine import CaptureConfig, Role
from attribution.engine.cli.loading import RunSpec
from benchmarks import codes, workers
from benchmarks.captured import Captured


@pytest.fixture(scope="module")
def lost(tmp_path_factory):
    random = np.random.default_rng(0)
    shared = random.standard_normal((6, 512))
    rows = random.standard_normal((90, 6)) @ shared + random.standard_normal((90, 512))
    queries = rows[:8] + random.standard_normal((8, 512))
    track, role = np.arange(90), np.full(90, int(Role.TRAINED))
    source = Captured(rows.astype(np.float32), queries.astype(np.float32), track, role)
    return list(codes.losses(source, tmp_path_factory.mktemp("codes")))


def test_fewer_digits_lose_more_and_take_fewer_bytes(lost):
    assert [loss.dtype for loss in lost] == ["float32", "float16", "int8", "sign"]
    errors = [loss.error for loss in lost]
    assert errors == sorted(errors)
    assert [loss.row_bytes for loss in lost] == [2052, 1028, 516, 68]
    assert errors[0] == 0 < errors[1] < 1e-3
    assert 0.5 < lost[-1].rank_correlation < lost[-2].rank_correlation
    assert len(codes.table(lost).rows) == 4


@pytest.mark.slow
def test_captures_by_one_and_by_two_processes_are_sealed_alike():
    spec = RunSpec("benchmarks.workers:songs", (("count", "1"),))
    run, config = spec.load(), CaptureConfig(dimension=512, shard_rows=4)
    measured = workers.measure(run, spec, config, [1, 2], 1)
    assert [each.workers for each in measured] == [1, 2]
    assert len(measured[0].digests | measured[1].digests) == 1
    assert len(workers.table(run, measured).rows) == 2
