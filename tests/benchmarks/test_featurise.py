"""The benchmark of features: who competes, what is compared with what, and that it runs."""

from dataclasses import fields
from typing import get_args, get_type_hints

import pytest
import torch

from attribution.engine import CaptureConfig
from benchmarks.featurise import __main__ as program
from benchmarks.featurise import engine
from benchmarks.featurise.contestants import BASELINE, Contestant, Prepared
from benchmarks.featurise.peaks import peaks_of
from benchmarks.featurise.settings import ON_CUDA, Setting, settings_of
from benchmarks.featurise.timing import Clock, Timing, in_turns
from benchmarks.featurise.world import Size, World

TINY = Size("small", width=16, layers=1, heads=2, segments=2, tokens=16)


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setattr(program, "SIZES", (TINY,))
    return World(TINY, torch.device("cpu"))


def test_every_projection_and_curvature_that_can_be_configured_competes():
    hints = get_type_hints(CaptureConfig)
    assert set(engine.CHOICES) <= {field.name for field in fields(CaptureConfig)}
    names = {contestant.name for contestant in engine.contestants()}
    for choice in engine.CHOICES:
        others = set(get_args(hints[choice])) - {getattr(CaptureConfig(), choice)}
        assert {f"ours, {choice} {value}" for value in others} <= names
    assert next(engine.contestants()).name == "ours, default"


def test_the_program_prints_ratios_for_all_parameters(world, capsys):
    options = ["--rounds", "2", "--segments", "2", "--tokens", "16", "--no-memory", "--no-peers"]
    assert program.main([*options, "--sizes", "small", "--match", "ours, default"]) == 0
    printed = capsys.readouterr().out
    row = next(line for line in printed.splitlines() if line.startswith("ours, default"))
    assert "100.0 %" in row
    assert "×" in row
    assert "the same bytes" in printed
    assert "once for decompositions" in printed


def test_memory_is_measured_in_a_process_of_its_own(world, tmp_path):
    larger = World(Size("small", 128, 1, 2, segments=4, tokens=128), world.device)
    setting = settings_of(world.device)[0]
    peaks = peaks_of(BASELINE, larger, setting, tmp_path / "none")
    gradients_bytes = 4 * larger.parameters
    assert gradients_bytes < peaks.batch < 100 * gradients_bytes
    assert peaks.ready < gradients_bytes


def test_a_contestant_that_breaks_says_so_in_its_place(world, tmp_path, capsys):
    def broken(world, curvature):
        raise ValueError("no such kernel\nand more")

    whole = Contestant("whole", BASELINE.prepare)
    setting = settings_of(world.device)[0]
    contestants = [Contestant("broken", broken), whole]
    trial = program.Trial(world, setting, contestants, 1, memory=False, curvature=tmp_path / "c")
    console = program.Console(width=150, soft_wrap=True, highlight=False)
    with setting.applied():
        program.run(console, trial)
    printed = capsys.readouterr().out
    assert "broken: failed with ValueError: no such kernel\n" in printed
    assert any(line.startswith("whole ") and "×" in line for line in printed.splitlines())


class Ticking(Clock):
    """A clock that work moves by hand."""

    now = 0.0

    def seconds(self):
        return Ticking.now


def working(*spent):
    left = list(spent)

    def run():
        Ticking.now += left.pop(0) if len(left) > 1 else left[0]

    return Prepared(run, 1, 1)


def test_the_baseline_stands_on_both_sides_of_each_turn():
    clock = Ticking(torch.device("cpu"))
    baseline = working(9.0, 1.0, 3.0, 5.0)  # the first is not measured
    timings = in_turns(clock, baseline, {"a": working(2.0), "b": working(8.0)}, rounds=1)
    assert timings["a"] == Timing((2.0,), (2.0,))
    assert timings["b"] == Timing((8.0,), (4.0,))
    assert timings["b"].ratio == 2.0


def test_who_takes_long_leaves_early():
    clock = Ticking(torch.device("cpu"))
    timings = in_turns(clock, working(1.0), {"slow": working(100.0), "fast": working(1.0)}, 9)
    assert len(timings["slow"].seconds) == 3
    assert len(timings["fast"].seconds) == 9


def test_ratios_are_taken_turn_by_turn():
    timing = Timing((1.0, 20.0, 300.0), (2.0, 10.0, 100.0))
    assert timing.ratio == 2.0
    assert timing.ratio_quartiles == (1.25, 2.5)


@pytest.mark.parametrize("setting", ON_CUDA, ids=lambda setting: setting.name.replace(" ", "-"))
def test_a_setting_holds_while_it_is_applied_and_no_longer(setting: Setting, world, tmp_path):
    before = torch.get_float32_matmul_precision(), torch.are_deterministic_algorithms_enabled()
    with setting.applied():
        assert torch.get_float32_matmul_precision() == setting.precision
        assert torch.are_deterministic_algorithms_enabled() is setting.deterministic
        engine.time_curvature(world, Clock(world.device), tmp_path / "c.npz")
        assert engine.repeats_exactly(world, tmp_path / "c.npz")
    after = torch.get_float32_matmul_precision(), torch.are_deterministic_algorithms_enabled()
    assert before == after
