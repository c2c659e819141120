"""Public libraries on the same model and batch, each through its own code that makes features.

What a library does once for a pass is prepared; what it does for each batch is timed. Each sees
what its hooks can see, with about as many numbers a row as ours where it lets one choose. Nothing
here is needed by the engine: what is not installed is named below the tables.
"""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call

from benchmarks.featurise.adapters import MeanLoss, MinusLoss, OnDevice, OneBatch, SummedLoss
from benchmarks.featurise.contestants import AFFORDABLE, Contestant, Prepared
from benchmarks.featurise.world import World, summed_losses
from benchmarks.fidelity.methods.peer import (
    INSTALL,
    linear_modules,
    own_copy,
    silence,
    without_heads,
)

RANK = 16  # numbers a side and layer, bergson's and a common LoGra choice
DENSE = 4096  # numbers a row of the dense projections
_MOST_BATCHES = 100  # that a `TRAKer` is asked to have room for
Prepare = Callable[[World, Path], Prepared]


def contestants() -> Iterator[Contestant]:
    """Yield those whose library is installed."""
    for library, contestant in _ALL:
        if _installed(library):
            yield contestant


def missing() -> str:
    """Return a line that names what is not installed, or which versions were compared."""
    libraries = list(dict.fromkeys(library for library, _ in _ALL))
    found = [f"{name} {metadata.version(name)}" for name in libraries if _installed(name)]
    absent = [name for name in libraries if not _installed(name)]
    told = f"compared with {', '.join(found)}" if found else "no public library compared"
    return told + (f"; not installed: {', '.join(absent)} ({INSTALL})" if absent else "")


def bergson(world: World, curvature: Path) -> Prepared:
    """bergson's hooks, RANK × RANK numbers a Linear layer, weights frozen as its worker does."""
    from bergson import GradientProcessor
    from bergson.collector.gradient_collectors import StreamingGradientCollector

    inner = without_heads(world.model)
    model = OnDevice(inner)
    model.requires_grad_(requires_grad=False)
    inner.embedding.requires_grad_()
    processor = GradientProcessor(projection_dim=RANK)
    collector = StreamingGradientCollector(model=model, processor=processor, dtype=torch.float32)

    def run() -> None:
        with collector.with_batch(None):
            torch.autograd.backward(summed_losses(model(world.inputs), world.targets).sum())
        model.zero_grad()

    return Prepared(run, _weights(world), len(linear_modules(world.model)) * RANK**2)


def dattri_logra(world: World, curvature: Path) -> Prepared:
    """`LoGraAttributor` with RANK × RANK numbers a Linear layer and no curvature."""
    from dattri.algorithm.logra import LoGraAttributor

    return _block_projected(LoGraAttributor, world)


def dattri_factgrass(world: World, curvature: Path) -> Prepared:
    """`FactGraSSAttributor` with as many numbers, its own blow-up and no curvature."""
    from dattri.algorithm.factgrass import FactGraSSAttributor

    return _block_projected(FactGraSSAttributor, world)


def dattri_trak(world: World, curvature: Path) -> Prepared:
    """What `TRAKAttributor.cache` does for each batch, with DENSE numbers."""
    from dattri.func.projection import random_project
    from dattri.task import AttributionTask

    model = own_copy(world.model)

    def loss(weights: dict[str, Tensor], sample: tuple[Tensor, Tensor]) -> Tensor:
        inputs, targets = (part[None] for part in sample)
        return summed_losses(functional_call(model, weights, (inputs,)), targets)[0]

    task = AttributionTask(loss_func=loss, model=model, checkpoints=model.state_dict())
    gradient = task.get_grad_loss_func(in_dims=(None, 0))
    parameters, _ = task.get_param(ckpt_idx=0)
    settings = {"proj_dim": DENSE, "proj_max_batch_size": 32, "device": world.device.type}

    def run() -> Tensor:
        with torch.no_grad():
            rows = gradient(parameters, (world.inputs, world.targets))
        found: Tensor = random_project(rows, len(rows), **settings)(rows, ensemble_id=0)
        return found

    return Prepared(run, world.parameters, DENSE)


def traker(world: World, curvature: Path) -> Prepared:
    """`TRAKer.featurize`, DENSE numbers, in single precision as on every CPU."""
    from trak import TRAKer

    model, folder = own_copy(world.model), tempfile.TemporaryDirectory()

    tracer = TRAKer(
        model=model,
        task=MinusLoss(),
        train_set_size=world.size.segments * _MOST_BATCHES,
        save_dir=folder.name,
        device=str(world.device),
        proj_dim=DENSE,
        use_half_precision=False,
    )
    tracer.load_checkpoint(model.state_dict(), model_id=0)
    batch = (world.inputs, world.targets)

    def run() -> None:
        assert folder.name  # lives as long as this
        tracer.featurize(batch=batch, num_samples=world.size.segments)

    return Prepared(run, world.parameters, DENSE)


def kronfluence(world: World, curvature: Path) -> Prepared:
    """`Analyzer.compute_pairwise_scores` of one query: it keeps no rows."""
    from kronfluence.analyzer import Analyzer, prepare_model
    from kronfluence.arguments import ScoreArguments
    from torch.utils.data import TensorDataset

    task, folder = SummedLoss(), tempfile.TemporaryDirectory()
    data = TensorDataset(world.inputs.cpu(), world.targets.cpu())
    query = TensorDataset(*(part[:1] for part in data.tensors))
    model = prepare_model(own_copy(world.model), task)
    where = {"cpu": world.device.type == "cpu", "disable_tqdm": True, "output_dir": folder.name}
    analyzer = Analyzer("peer", model, task, **where)
    size = world.size.segments
    analyzer.fit_all_factors("ekfac", data, per_device_batch_size=size)

    def run() -> None:
        analyzer.compute_pairwise_scores(
            "scores",
            "ekfac",
            query_dataset=query,
            train_dataset=data,
            per_device_query_batch_size=1,
            per_device_train_batch_size=size,
            score_args=ScoreArguments(),
            overwrite_output_dir=True,
        )
        assert folder.name  # lives as long as this

    return Prepared(run, _weights(world), 0)


def _block_projected(attributor_of: Any, world: World) -> Prepared:
    """An attributor of dattri's that hooks Linear layers, over a loader of the one batch."""
    from dattri.task import AttributionTask

    def loss(model: nn.Module, batch: dict[str, Tensor], device: str) -> Tensor:
        found: Tensor = model(**batch).loss
        return found

    model = MeanLoss(without_heads(world.model))
    task = AttributionTask(loss_func=loss, model=model, checkpoints=model.state_dict())
    folder = tempfile.TemporaryDirectory()
    attributor = attributor_of(
        task,
        hessian="Identity",
        proj_dim=RANK**2,
        device=world.device.type,
        offload="none",
        cache_dir=folder.name,
    )
    batch = {"inputs": world.inputs, "targets": world.targets}
    loader = OneBatch(batch)

    def run() -> None:
        assert folder.name  # lives as long as this
        with torch.compiler.set_stance("force_eager"):  # a compiler need not be there
            attributor.cache(loader)

    return Prepared(run, _weights(world), len(linear_modules(world.model)) * RANK**2)


def _weights(world: World) -> int:
    return sum(module.weight.numel() for module in linear_modules(world.model))


def _installed(library: str) -> bool:
    try:
        metadata.version(library)
    except metadata.PackageNotFoundError:
        return False
    return True


def _silent(prepare: Prepare, world: World, curvature: Path) -> Prepared:
    """Prepare and run without progress bars and log lines between those of our tables."""
    with silence():
        prepared = prepare(world, curvature)

    def run() -> None:
        with silence():
            prepared.run()

    return replace(prepared, run=run)


_ALL: tuple[tuple[str, Contestant], ...] = (
    ("bergson", Contestant("bergson (Linear weights)", partial(_silent, bergson))),
    ("dattri", Contestant("dattri LoGra (Linear weights)", partial(_silent, dattri_logra))),
    ("dattri", Contestant("dattri FactGraSS (Linear weights)", partial(_silent, dattri_factgrass))),
    ("dattri", Contestant("dattri TRAK", partial(_silent, dattri_trak), AFFORDABLE)),
    ("traker", Contestant("traker TRAK", partial(_silent, traker), AFFORDABLE)),
    ("kronfluence", Contestant("kronfluence EK-FAC, one query", partial(_silent, kronfluence))),
)
