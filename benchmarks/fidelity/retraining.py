"""Makes the truth: the full model, the pieces it generates, and the models of subsets of tracks.

Slow, resumable and parallel: one retraining is one small file that appears when it is complete, so
a killed run goes on where it stopped, and any number of processes share the work. It must not
know any attribution method.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch

from attribution.reference.arrays import BoolArray, FloatArray, Tokens
from attribution.reference.checkpoints import Checkpoint, load_model
from attribution.reference.files import write_atomically
from attribution.reference.model import MusicTransformer
from attribution.reference.sampling import SamplingConfig, sample
from attribution.reference.segments import pad
from attribution.reference.training import one_thread, optimise, token_losses, train
from benchmarks.fidelity import truth
from benchmarks.fidelity.world import Queries, World, queries_of

Say = Callable[[str], None]
_AT_ONCE = 16  # queries in a batch; part of the truth's last bits


@dataclass(frozen=True)
class Job:
    """One model to be trained: which draw of chance, on which subset of the tracks."""

    seed: int
    subset: int

    def path(self, work: Path) -> Path:
        """Where its losses appear when they are complete."""
        return work / f"seed-{self.seed}" / f"subset-{self.subset:02d}.npy"


@dataclass(frozen=True)
class Plan:
    """What every retraining needs to know."""

    world: World
    queries: Queries
    subsets: BoolArray  # (n_subsets, n_tracks)
    paired: bool = False  # one seed means the same first weights for all subsets

    def place(self, work: Path) -> Path:
        """Where its losses are gathered: apart from those of any other plan."""
        identity = truth.work_identity(self.world, self.queries, self.subsets, paired=self.paired)
        return work / identity[:12]


def full_model(world: World, work: Path) -> list[Checkpoint]:
    """The checkpoints of the model trained on everything; trained unless they are there."""
    return train(world.model, world.full_run(), world.full_corpus(), work / "full")


def generate(world: World, work: Path) -> list[Tokens]:
    """The generated queries: pieces of one context that the full model writes from nothing."""
    model = load_model(full_model(world, work)[-1])
    empty = [np.zeros(0, dtype=np.int16)] * world.n_generated
    config = SamplingConfig(seed=world.sampling_seed)
    return sample(model, empty, world.model.context, world.bos, config, never=world.never)


def prepare(world: World, work: Path, folder: Path = truth.FOLDER) -> Plan:
    """Queries and halves: the cached ones if they belong to this world, else made anew."""
    generated = truth.cached_queries(world, folder) or generate(world, work)
    return Plan(world, queries_of(world, generated), world.draw_subsets())


def retrain(plan: Plan, job: Job) -> FloatArray:
    """Train one model on one subset and return what each query costs it, (n_queries,) nats."""
    world = plan.world
    corpus = world.corpus(np.flatnonzero(plan.subsets[job.subset]))
    config = world.retraining(job.seed, 0 if plan.paired else job.subset)
    steps = config.epochs * math.ceil(len(corpus.table) / config.batch_size)
    with one_thread():
        model = MusicTransformer(world.model, seed=config.seed)
        for _ in optimise(model, config, corpus, steps):
            pass
    return query_losses(model, plan.queries, world.bos)


def query_losses(model: MusicTransformer, queries: Queries, bos: int) -> FloatArray:
    """The summed loss of each query in nats, (n_queries,)."""
    model.eval()
    found = []
    with one_thread(), torch.inference_mode():
        for start in range(0, len(queries.sequences), _AT_ONCE):
            windows = pad(queries.sequences[start : start + _AT_ONCE], bos)
            found.append(token_losses(model, windows).double().sum(1).numpy())
    return np.concatenate(found)


def remake(
    world: World,
    work: Path,
    seeds: int,
    subsets: int,
    *,
    workers: int = 1,
    folder: Path = truth.FOLDER,
    say: Say = print,
) -> None:
    """Do the retrainings of halves that are missing, and cache the result in `folder`.

    Raises ValueError for more subsets than the world has.
    """
    if not 3 <= subsets <= world.n_subsets or seeds < 1:
        raise ValueError(f"Ask for 1 seed or more, and 3 to {world.n_subsets} subsets.")
    command = f"{truth.COMMAND} --seeds {seeds} --subsets {subsets}"
    plan = prepare(world, work, folder)
    losses = complete(plan, work, seeds, subsets, workers=workers, say=say)
    keep(plan, losses, folder, command)


def complete(
    plan: Plan, work: Path, seeds: int, subsets: int, *, workers: int = 1, say: Say = print
) -> dict[int, FloatArray]:
    """Do what is missing of the first seeds and subsets of a plan.

    Returns the losses of each seed, (subsets, n_queries).
    """
    place = plan.place(work)
    jobs = [Job(seed, subset) for seed in range(1, seeds + 1) for subset in range(subsets)]
    missing = [job for job in jobs if not job.path(place).exists()]
    say(f"{len(jobs) - len(missing)} of {len(jobs)} retrainings are there, in {place}")
    started = time.monotonic()
    for done, job in enumerate(_finished(plan, missing, place, workers), start=1):
        left = (time.monotonic() - started) / done * (len(missing) - done)
        say(f"seed {job.seed}, subset {job.subset}: {len(missing) - done} left, {_told(left)}")
    return {
        seed: np.stack([np.load(Job(seed, subset).path(place)) for subset in range(subsets)])
        for seed in range(1, seeds + 1)
    }


def keep(plan: Plan, losses: Mapping[int, FloatArray], folder: Path, command: str) -> None:
    """Write losses of a plan into a cache; `command` makes them again."""
    generated = list(plan.queries.sequences[: plan.world.n_generated])
    truth.write(plan.world, generated, plan.subsets, losses, folder, command)


def _finished(plan: Plan, jobs: list[Job], place: Path, workers: int) -> Iterator[Job]:
    """Do jobs, one thread each, and yield them as they end."""
    if workers == 1 or not jobs:
        yield from (_do(plan, place, job) for job in jobs)
        return
    with ProcessPoolExecutor(
        workers, get_context("spawn"), initializer=_begin, initargs=(plan, place)
    ) as pool:
        for future in as_completed([pool.submit(_do_as_worker, job) for job in jobs]):
            yield future.result()


def _do(plan: Plan, place: Path, job: Job) -> Job:
    path = job.path(place)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, truth.array_bytes(retrain(plan, job)))
    return job


_begun: list[tuple[Plan, Path]] = []  # in a worker process: what its jobs have in common


def _begin(plan: Plan, place: Path) -> None:
    _begun.append((plan, place))


def _do_as_worker(job: Job) -> Job:
    return _do(*_begun[-1], job)


def _told(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"about {minutes // 60} h {minutes % 60:02d} min" if minutes else "less than a minute"
