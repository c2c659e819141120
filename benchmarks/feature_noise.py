"""How far honest computations of the same rows lie apart, for the tolerance of verification.

    python -m benchmarks.feature_noise

The same segments are featurised in ways that two honest houses may differ in: the number of
threads, the batches, the kind of processor. Beside it the smallest lies that should not pass.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import torch

from attribution.engine import CaptureConfig, Featuriser, estimate_curvature
from attribution.exchange.agreement import Agreement, Tolerance, compare
from attribution.reference.model import ModelConfig, MusicTransformer
from attribution.reference.task import SequenceTask

VOCABULARY, BOS, WINDOW = 400, 0, 256
Rows = np.ndarray[tuple[int, int], np.dtype[np.float32]]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--segments", type=int, default=24)
    count = parser.parse_args().segments
    draw = np.random.default_rng(0)
    sequences = [draw.integers(1, VOCABULARY, WINDOW).astype(np.int16) for _ in range(count)]
    torch.manual_seed(0)
    model = MusicTransformer(ModelConfig(VOCABULARY, WINDOW, 64, 2, 4, 128), seed=0).eval()
    features = _featuriser(model, SequenceTask(sequences, BOS))
    reference = features(threads=1, batch_size=8, device="cpu")
    print(f"{count} segments of {WINDOW} tokens, against one thread and batches of 8")
    print(f"{'computed with':<34} {'cosine gap':>12} {'norm gap':>12}")
    for name, rows in _honest(features):
        _print(name, compare(rows, reference))
    tolerance = Tolerance()
    print(f"{'tolerance':<34} {tolerance.cosine_gap:>12.1e} {tolerance.norm_gap:>12.1e}")
    for name, rows in _lies(reference):
        _print(name, compare(rows, reference))


def _featuriser(model: MusicTransformer, task: SequenceTask) -> Callable[..., Rows]:
    """A function that computes the rows of all segments in one way."""
    config = CaptureConfig(dimension=4096, dtype="float32")
    every = range(len(task.sequences))
    curvature = estimate_curvature(model, task, every, config)

    def features(*, threads: int, batch_size: int, device: str) -> Rows:
        before = torch.get_num_threads()
        torch.set_num_threads(threads)
        try:
            made = replace(config, batch_size=batch_size)
            found: Rows = Featuriser(model.to(device), task, made, curvature).features(every)
        finally:
            torch.set_num_threads(before)
            model.to("cpu")
        return found

    return features


def _honest(features: Callable[..., Rows]) -> Iterator[tuple[str, Rows]]:
    for threads, batch_size in ((1, 8), (2, 8), (4, 8), (1, 1), (1, 3), (1, 24), (4, 24)):
        name = f"{threads} threads, batches of {batch_size}"
        yield name, features(threads=threads, batch_size=batch_size, device="cpu")
    if torch.cuda.is_available():
        name = f"{torch.cuda.get_device_name()}, batches of 8"
        yield name, features(threads=1, batch_size=8, device="cuda")


def _lies(rows: Rows) -> Iterator[tuple[str, Rows]]:
    other = np.roll(rows, 1, axis=0)
    yield "false: made 0.2 % longer", rows * np.float32(1.002)
    yield "false: 1 % of another segment", rows + np.float32(0.01) * other
    yield "false: rounded to 8 bits", _rounded(rows)
    yield "false: another segment", other


def _rounded(rows: Rows) -> Rows:
    scale = np.abs(rows).max(axis=1, keepdims=True) / 127
    rounded: Rows = np.rint(rows / scale) * scale
    return rounded


def _print(name: str, agreement: Agreement) -> None:
    print(f"{name:<34} {agreement.cosine_gap:>12.1e} {agreement.norm_gap:>12.1e}")


if __name__ == "__main__":
    main()
