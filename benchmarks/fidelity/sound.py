"""`python -m benchmarks.fidelity sound`: which output function explains a model of sound best.

Ours and the peer differentiate the same output at the same noise levels of the same segments. A
score is the product of the gradients of two pieces; LDS asks whether its sums over halves of the
tracks rank the losses of models that were retrained on those halves.
"""

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from torch import Tensor, nn
from torch.func import functional_call

from attribution import engine
from attribution.audio.outputs import NOISE_OUTPUTS
from attribution.audio.tasks import CodesTask, LatentsTask
from attribution.engine import evaluation as lds
from attribution.engine.outputs import summed_loss, summed_margin
from attribution.reference.training import one_thread
from benchmarks.fidelity.methods.gram import DAMPINGS
from benchmarks.fidelity.methods.peer import silence
from benchmarks.fidelity.sound_world import (
    CODES,
    SoundTruth,
    SoundWorld,
    full_model,
    observe,
)
from benchmarks.fidelity.world import GENERATED, HELD_OUT

Scores = NDArray[np.float32]  # (n_queries, n_segments)
KINDS = (GENERATED, HELD_OUT)
TOKEN_OUTPUTS = {"loss": summed_loss, "margin": summed_margin}
LEVELS = (1, 10)
ROW = engine.CaptureConfig()
PEER_NUMBERS = 4096


@dataclass(frozen=True)
class Question:
    """What every method gets: one model, one output function, its segments and its queries."""

    output: str
    model: Any
    segments: engine.Task
    queries: engine.Task
    n_segments: int
    n_queries: int


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    method: str
    output: str
    setting: str
    by_kind: Mapping[str, lds.Estimate]
    cpu_seconds: float


def compare(kind: str, work: Path, seeds: int, console: Console, *, peer: bool) -> list[Row]:
    """Make the truth where it is missing, score all methods on it and print the table."""
    world = SoundWorld(kind)
    truth = observe(world, work / "sound", seeds, console.print)
    model = full_model(world, work / "sound")
    rows = []
    for question in questions(world, truth, model):
        rows.append(_row(world, truth, question, "ours (engine's default)", ours(question)))
        rows.append(_row(world, truth, question, "gradients' product", products(question)))
        if peer:
            rows.append(_row(world, truth, question, "traker TRAK", traker(question)))
    _show(console, world, truth, rows)
    return rows


def questions(world: SoundWorld, truth: SoundTruth, model: Any) -> Iterator[Question]:
    """One for each output function, of a denoiser also for each number of noise levels."""
    segment, asked = world.full.segment, truth.queries.__getitem__
    counts = len(world.full.table), len(truth.queries)
    if world.kind == CODES:
        for name, output in TOKEN_OUTPUTS.items():
            known, wanted = (
                CodesTask(each, world.codec.codes, output, world.codec.codebooks)
                for each in (segment, asked)
            )
            yield Question(name, model, known, wanted, *counts)
        return
    for levels in LEVELS:
        for name, of_noise in NOISE_OUTPUTS.items():
            told = f"{name}, {levels} level{'s'[: levels > 1]}"
            first, second = (LatentsTask(each, of_noise, levels) for each in (segment, asked))
            yield Question(told, model, first, second, *counts)


def ours(question: Question) -> Iterator[tuple[str, Scores]]:
    """Curvature → rows of the default size → store → exact scan."""
    with one_thread(), tempfile.TemporaryDirectory() as folder:
        every = range(question.n_segments)
        curvature = engine.estimate_curvature(question.model, question.segments, every, ROW)
        featuriser = engine.Featuriser(question.model, question.segments, ROW, curvature)
        store = engine.FeatureStore.create(
            folder, ROW, members=["0"], n_segments=question.n_segments, identity={}
        )
        engine.capture(featuriser, store)
        store.seal()
        rows = featuriser.with_task(question.queries).features(range(question.n_queries))
        yield f"damping {ROW.damping:g}", np.asarray(engine.exact_scan(store, {"0": rows})[0])


def products(question: Question) -> Iterator[tuple[str, Scores]]:
    """The plain product of whole gradients: no curvature, no projection."""
    with one_thread():
        rows = gradients(question, question.segments, question.n_segments)
        asked = gradients(question, question.queries, question.n_queries)
        yield "", (asked @ rows.T).numpy()


def gradients(question: Question, task: Any, count: int) -> Tensor:
    """The gradient of each sample by plain autograd, (count, parameters)."""
    found = []
    parameters = list(question.model.parameters())
    for sample in range(count):
        output = task.sample_outputs(question.model, task.batch(np.array([sample])))[0]
        found.append(torch.cat([g.flatten() for g in torch.autograd.grad(output, parameters)]))
    return torch.stack(found)


def traker(question: Question) -> Iterator[tuple[str, Scores]]:
    """TRAK by its authors' library, with the very same output function."""
    with one_thread(), silence(), tempfile.TemporaryDirectory() as folder:
        yield from _traker_scores(question, folder)


def _traker_scores(question: Question, folder: str) -> Iterator[tuple[str, Scores]]:
    from trak import TRAKer

    torch.manual_seed(0)
    tracer = TRAKer(
        model=question.model,
        task=_Output(question.segments),
        train_set_size=question.n_segments,
        save_dir=folder,
        device="cpu",
        proj_dim=PEER_NUMBERS,
        use_half_precision=False,
        lambda_reg=1.0,
    )
    weights = question.model.state_dict()
    tracer.load_checkpoint(weights, model_id=0)
    batch = _tensors(question.segments, question.n_segments)
    tracer.featurize(batch=batch, num_samples=question.n_segments)
    tracer.finalize_features()
    tracer.start_scoring_checkpoint("queries", weights, 0, question.n_queries)
    tracer.score(
        batch=_tensors(question.queries, question.n_queries), num_samples=question.n_queries
    )
    kept = tracer.saver.current_store
    rows, asked = (torch.as_tensor(kept[key]).clone() for key in ("grads", "queries_grads"))
    moments = tracer.score_computer.get_xtx(rows)
    mean = float(moments.trace()) / len(rows)
    for damping in DAMPINGS:
        tracer.score_computer.lambda_reg = damping * mean
        features = tracer.score_computer.get_x_xtx_inv(rows, moments)
        scores = torch.zeros(len(rows), len(asked))
        tracer.score_computer.get_scores(features, asked, accumulator=scores)
        yield f"damping {damping:g}", scores.T.numpy()


def _tensors(task: Any, count: int) -> list[Tensor]:
    return list(task.batch(np.arange(count)))


@dataclass(frozen=True)
class _Output:
    """The output function, as `trak.modelout_functions.AbstractModelOutput` asks for it."""

    task: Any

    def get_output(self, model: nn.Module, weights: Any, buffers: Any, *batch: Tensor) -> Tensor:
        """Minus the output of one sample, a scalar."""
        made = _made(self.task, [part[None] for part in batch])

        def run(*inputs: Tensor) -> Tensor:
            found: Tensor = functional_call(model, {**weights, **buffers}, inputs)
            return found

        output: Tensor = self.task.sample_outputs(run, made)[0]
        return -output

    @staticmethod
    def get_out_to_loss_grad(model: nn.Module, weights: Any, buffers: Any, batch: Any) -> Tensor:
        """1 for every sample."""
        return torch.ones(len(batch[0]), 1)


def _made(task: Any, parts: Sequence[Tensor]) -> Any:
    from attribution.audio.corpus import CodeWindows, LatentWindows

    return (CodeWindows if isinstance(task, CodesTask) else LatentWindows)(*parts)


def _row(
    world: SoundWorld,
    truth: SoundTruth,
    question: Question,
    method: str,
    scores: Iterator[tuple[str, Scores]],
) -> Row:
    """LDS by kind, the setting being the best one on the tuning queries."""
    started = time.process_time()
    found = dict(scores)
    seconds = time.process_time() - started
    observed = truth.losses.mean(0)
    predicted = {
        setting: lds.predicted_losses(each, world.full.table.track_index, truth.subsets)
        for setting, each in found.items()
    }

    def on_tuning(setting: str) -> float:
        rho = lds.spearman(predicted[setting], observed)
        return float(np.mean([rho[truth.of_kind(kind, tuning=True)].mean() for kind in KINDS]))

    best = max(predicted, key=on_tuning)
    counts = lds.draw_counts(len(truth.subsets))
    by_kind = {}
    for kind in KINDS:
        places = truth.of_kind(kind, tuning=False)
        pair = predicted[best][:, places], observed[:, places]
        by_kind[kind] = lds.estimate(lds.spearman(*pair), lds.spearman(*pair, counts))
    return Row(method, question.output, best, by_kind, seconds)


def _show(console: Console, world: SoundWorld, truth: SoundTruth, rows: Sequence[Row]) -> None:
    n_seeds, n_subsets, _ = truth.losses.shape
    sizes = {kind: len(truth.of_kind(kind, tuning=False)) for kind in KINDS}
    console.print(
        f"{world.kind}: LDS against {n_subsets} retrained halves × {n_seeds} "
        f"seed{'s'[: n_seeds > 1]} of {len(world.tracks)} tracks "
        f"({len(world.full.table)} segments); mean over "
        + " and ".join(f"{count} {kind}" for kind, count in sizes.items())
        + " queries; ± half a 95 % interval over halves."
    )
    table = Table(box=None, pad_edge=False)
    for heading in ("method", "output", "setting"):
        table.add_column(heading, no_wrap=True)
    for heading in (*KINDS, "CPU s"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        told = (f"{each.value:.3f} ± {each.half_width:.3f}" for each in row.by_kind.values())
        table.add_row(row.method, row.output, row.setting, *told, f"{row.cpu_seconds:.0f}")
    console.print(table)
    if n_seeds > 1:
        ceilings = {
            kind: lds.ceiling(truth.losses[:, :, truth.of_kind(kind, tuning=False)])
            for kind in KINDS
        }
        told_ceilings = ", ".join(f"{kind} {value:.2f}" for kind, value in ceilings.items())
        console.print(f"Ceiling set by retraining noise: {told_ceilings}.")
