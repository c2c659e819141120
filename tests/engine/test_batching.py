"""Batches that do not fit are found before a pass, by trying one."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from attribution.engine import CaptureConfig, Featuriser
from attribution.engine.batching import (
    USABLE,
    choose_batch_size,
    longest_segment,
    refuse_large_rows,
    require_memory,
)
from attribution.engine.errors import NotEnoughMemory
from attribution.engine.memory import ProcessMemory

MIB = 1 << 20
LONGEST = 7
AVAILABLE = 900 * 1024


@dataclass
class FakeFeaturiser:
    """Takes `shared + size × each` bytes; its allocator gives `refusal` above `refuses_above`."""

    largest: int = 64
    each: int = MIB
    shared: int = 0
    refuses_above: int = 1 << 30
    refusal: Exception = field(default_factory=MemoryError)
    tried: list[int] = field(default_factory=list)

    @property
    def config(self) -> CaptureConfig:
        return CaptureConfig(batch_size=self.largest, dimension=16, shard_rows=1)

    @property
    def model(self) -> torch.nn.Module:
        return torch.nn.Linear(1, 1)

    @property
    def task(self) -> SimpleNamespace:
        return SimpleNamespace(batch=lambda at: torch.zeros(1, 9 if at[0] == LONGEST else 5))

    def features(self, segments: list[int]) -> None:
        assert set(segments) == {LONGEST}
        self.tried.append(len(segments))
        if len(segments) > self.refuses_above:
            raise self.refusal


@dataclass
class FakeMemory:
    """Memory in which one featuriser's batches take what it says."""

    featuriser: FakeFeaturiser
    free: int | None

    def free_bytes(self) -> int | None:
        return self.free

    def level_bytes(self) -> int:
        return 1000 * MIB

    def peak_bytes(self, work: Callable[[], object]) -> int:
        work()
        taken = self.featuriser.shared + self.featuriser.tried[-1] * self.featuriser.each
        return self.level_bytes() + taken


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def choose(featuriser: FakeFeaturiser, free: int | None) -> int:
    return choose_batch_size(featuriser, range(20), memory=FakeMemory(featuriser, free))


def test_the_configured_size_is_kept_where_there_is_plenty():
    assert choose(FakeFeaturiser(largest=48), 1000 * MIB) == 48


def test_the_size_is_the_largest_doubling_that_fits():
    assert choose(FakeFeaturiser(), int(10 * MIB / USABLE)) == 8


@given(
    largest=st.integers(1, 200),
    each=st.integers(1, 50),
    shared=st.integers(0, 500),
    free=st.integers(100, 5000),
)
def test_no_trial_is_begun_that_a_smaller_one_says_will_not_fit(largest, each, shared, free):
    featuriser = FakeFeaturiser(largest, each * MIB, shared * MIB)
    usable = USABLE * free
    if shared + each > usable:
        with pytest.raises(NotEnoughMemory, match="Not even one segment"):
            choose(featuriser, free * MIB)
        assert featuriser.tried == [1]
        return
    size = choose(featuriser, free * MIB)
    assert all(shared + tried * each <= usable for tried in featuriser.tried)
    assert shared + size * each <= usable
    assert size == largest or (shared + size * each) * min(2 * size, largest) / size > usable


@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param(MemoryError(), id="python"),
        pytest.param(torch.OutOfMemoryError("CUDA out of memory."), id="cuda"),
        pytest.param(
            RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate"),
            id="torch-on-cpu",
        ),
    ],
)
def test_an_allocator_that_refuses_leaves_the_size_before(refusal):
    featuriser = FakeFeaturiser(refuses_above=5, refusal=refusal)
    assert choose(featuriser, None) == 4
    assert featuriser.tried == [1, 2, 4, 8]


def test_other_errors_of_the_model_are_not_mistaken_for_memory():
    featuriser = FakeFeaturiser(refuses_above=1, refusal=RuntimeError("shapes do not match"))
    with pytest.raises(RuntimeError, match="shapes"):
        choose(featuriser, None)


class TestAWorkerOnAStoreWithAFixedSize:
    def test_it_starts_after_one_segment_where_there_is_plenty(self):
        featuriser = FakeFeaturiser(largest=64)
        require_memory(featuriser, [LONGEST], memory=FakeMemory(featuriser, 100 * MIB))
        assert featuriser.tried == [1]

    def test_it_tries_further_where_one_segment_says_too_little(self):
        featuriser = FakeFeaturiser(largest=4, shared=50 * MIB)
        require_memory(featuriser, [LONGEST], memory=FakeMemory(featuriser, 150 * MIB))
        assert featuriser.tried == [1, 2]

    def test_it_refuses_with_both_sizes_and_what_to_do(self):
        featuriser = FakeFeaturiser(largest=64)
        with pytest.raises(NotEnoughMemory, match="batches of 64, and 16 segments") as refused:
            require_memory(featuriser, [LONGEST], memory=FakeMemory(featuriser, 30 * MIB))
        assert "Run fewer workers" in str(refused.value)
        assert featuriser.tried == [1, 2, 4, 8, 16]


def test_rows_larger_than_memory_are_refused_before_a_batch_is_made():
    featuriser = FakeFeaturiser()
    config = replace(featuriser.config, dimension=10**9, shard_rows=256)
    with pytest.raises(NotEnoughMemory, match=r"1,000,000,000 numbers .* Lower CaptureC"):
        refuse_large_rows(config, FakeMemory(featuriser, 16 << 30))
    refuse_large_rows(config, FakeMemory(featuriser, None))
    with pytest.raises(NotEnoughMemory, match="Rows of 16 numbers"):
        choose(featuriser, 1000)
    assert featuriser.tried == []


@pytest.mark.parametrize(
    "pack",
    [
        pytest.param(lambda x: x, id="tensor"),
        pytest.param(lambda x: x.numpy(), id="array"),
        pytest.param(lambda x: (x, {"mask": [x]}), id="nested"),
        pytest.param(lambda x: SimpleNamespace(tokens=x), id="object"),
    ],
)
def test_the_longest_segment_is_found_however_batches_are_packed(pack):
    task = SimpleNamespace(batch=lambda at: pack(torch.zeros(1, 3 if at[0] == 11 else 2)))
    assert longest_segment(task, range(5, 20)) == 11


def test_rows_of_one_batch_size_are_those_of_another_beyond_rounding(plain):
    config = plain.config(curvature="none", batch_size=8)
    eight = Featuriser(plain.model, plain.task, config).features(range(12))
    size = choose_batch_size(Featuriser(plain.model, plain.task, config), range(12))
    one = Featuriser(plain.model, plain.task, replace(config, batch_size=1)).features(range(12))
    assert size == 8
    np.testing.assert_allclose(one, eight, atol=2e-5 * np.abs(eight).max())


class TestProcessMemory:
    def test_a_peak_is_seen_although_it_has_gone(self):
        memory = ProcessMemory()
        before = memory.level_bytes()
        peak = memory.peak_bytes(lambda: np.ones(64 * MIB, dtype=np.uint8).sum())
        assert 60 * MIB < peak - before < 200 * MIB
        assert memory.peak_bytes(lambda: None) < before + 30 * MIB

    @pytest.mark.parametrize(
        ("line", "files", "free"),
        [
            pytest.param("0::/", {}, AVAILABLE, id="no-limit"),
            pytest.param(
                "0::/", {"memory.max": "max", "memory.current": "5"}, AVAILABLE, id="v2-unlimited"
            ),
            pytest.param("0::/", {"memory.max": "700", "memory.current": "250"}, 450, id="v2"),
            pytest.param(
                "0::/",
                {
                    "memory.max": "700",
                    "memory.current": "250",
                    "memory.stat": "anon 9\ninactive_file 50\n",
                },
                500,
                id="cache-counts-as-free",
            ),
            pytest.param(
                "0::/a/b",
                {
                    "a/memory.max": "100",
                    "a/memory.current": "1",
                    "a/b/memory.max": "800",
                    "a/b/memory.current": "1",
                },
                99,
                id="a-parent-is-tighter",
            ),
            pytest.param(
                "4:cpu,memory:/box",
                {
                    "memory/box/memory.limit_in_bytes": "300",
                    "memory/box/memory.usage_in_bytes": "100",
                },
                200,
                id="v1",
            ),
            pytest.param(
                "4:memory:/",
                {
                    "memory/memory.limit_in_bytes": "9223372036854771712",
                    "memory/memory.usage_in_bytes": "100",
                },
                AVAILABLE,
                id="v1-unlimited",
            ),
        ],
    )
    def test_the_tightest_limit_counts(self, tmp_path, line, files, free):
        write(
            tmp_path / "proc/meminfo", f"MemTotal: 5 kB\nMemAvailable:   {AVAILABLE // 1024} kB\n"
        )
        write(tmp_path / "proc/self/cgroup", f"9:cpuset:/other\n{line}\n")
        for path, text in files.items():
            write(tmp_path / "sys/fs/cgroup" / path, text)
        assert ProcessMemory(tmp_path).free_bytes() == free

    def test_a_system_that_tells_nothing_is_not_guessed(self, tmp_path):
        memory = ProcessMemory(tmp_path)
        assert memory.free_bytes() is None
        assert memory.peak_bytes(lambda: None) == memory.level_bytes() == 0
