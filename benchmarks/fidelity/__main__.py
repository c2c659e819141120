"""`python -m benchmarks.fidelity`: score all methods, remake the truth, or check a piece of it.

python -m benchmarks.fidelity                                  the table
python -m benchmarks.fidelity retrain --seeds 3 --workers 2    remake the truth; resumable
python -m benchmarks.fidelity verify --seed 1 --subset 0       one retraining against the cache
python -m benchmarks.fidelity catalogues                       whole composers left out
python -m benchmarks.fidelity catalogues --retrain --seeds 2   remake what that is judged by
python -m benchmarks.fidelity large --segments 10000           agreement with the exact kernel
python -m benchmarks.fidelity sound --kind denoiser            models of sound, by output function
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from rich.console import Console

from attribution.reference.checkpoints import load_model
from benchmarks.fidelity import (
    catalogues,
    catalogues_report,
    large,
    large_report,
    retraining,
    scoring,
    sound,
    truth,
)
from benchmarks.fidelity.figure import draw
from benchmarks.fidelity.large_music import bundled_songs, many_segments
from benchmarks.fidelity.methods import OURS, PEERS, YARDSTICKS, Method
from benchmarks.fidelity.methods.kept import Kept
from benchmarks.fidelity.methods.peer import INSTALL, absent
from benchmarks.fidelity.report import show
from benchmarks.fidelity.world import World, bundled

WORK = Path(__file__).parents[2] / "var" / "fidelity"
TABLE_WIDTH = 190
_TRAK = {peer.name for peer in PEERS if "TRAK" in peer.name}
_EKFAC = {peer.name for peer in PEERS if "EK-FAC" in peer.name}
GROUPS = (  # the colours of the figure
    ("ours, the engine's default", {OURS[0].name}),
    ("ours, other settings", {method.name for method in OURS[1:]}),
    ("TRAK: dattri, traker", _TRAK),
    ("LoGra and bergson's rows", {peer.name for peer in PEERS} - _TRAK - _EKFAC),
    ("EK-FAC, whole gradients: bergson, kronfluence", _EKFAC),
    ("exact kernels, and without gradients", {method.name for method in YARDSTICKS}),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code: 1 for a refusal or a difference."""
    options = _parser().parse_args(arguments)
    console = Console(soft_wrap=True, highlight=False)
    console.width = max(console.width, TABLE_WIDTH)  # also into a file, which has none
    try:
        return int(options.command(bundled(), options, console))
    except (truth.SpoiledTruth, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def score(world: World, options: argparse.Namespace, console: Console) -> int:
    """Print the table; the full model is trained first unless its checkpoints are there."""
    observed = truth.read(world)
    console.print(f"Checkpoints in {options.work / 'full'} (trained first if they are missing)")
    checkpoints = retraining.full_model(world, options.work)
    counts = sorted({min(count, len(checkpoints)) for count in options.checkpoints})
    members = scoring.members_of(world, observed, checkpoints[-counts[-1] :])
    predictions = scoring.predict(world, observed, members, _methods(options, console))
    tables = [scoring.report(world, observed, predictions, count) for count in counts]
    failures = scoring.failures(predictions)
    show(console, observed, tables, scoring.ceilings(observed), failures)
    if options.figure:
        draw(options.figure, tables[-1], GROUPS)
    return 0


def _methods(
    options: argparse.Namespace, console: Console, ours: Sequence[Method] = OURS
) -> list[Method]:
    """All methods in the order of the table; of the peers, those that are installed."""
    missing = absent(PEERS)
    if missing:
        console.print(f"Peers that are not installed: {', '.join(missing)}. {INSTALL}")
    peers = [peer for peer in PEERS if peer.installed]
    return [Kept(method, options.work / "scores") for method in (*ours, *peers, *YARDSTICKS)]


def retrain(world: World, options: argparse.Namespace, console: Console) -> int:
    """Do what is missing, then replace the cached truth."""
    retraining.remake(
        world,
        options.work,
        options.seeds,
        options.subsets,
        workers=options.workers,
        say=console.print,
    )
    return 0


def verify(world: World, options: argparse.Namespace, console: Console) -> int:
    """Retrain once and compare with the cached losses."""
    cached = truth.read(world)
    if options.seed not in cached.seeds or options.subset not in range(len(cached.subsets)):
        raise ValueError(
            f"The cache has the seeds {list(cached.seeds)} and {len(cached.subsets)} subsets."
        )
    plan = retraining.Plan(world, cached.queries, cached.subsets)
    losses = retraining.retrain(plan, retraining.Job(options.seed, options.subset))
    known = cached.losses[cached.seeds.index(options.seed), options.subset]
    if np.array_equal(losses, known):
        console.print(
            f"bit for bit: {len(losses)} losses of seed {options.seed}, subset {options.subset}"
        )
        return 0
    gap = float(np.abs(losses - known).max())
    console.print(
        f"differs by up to {gap:.3g} nats, where losses spread by {known.std():.3g}: "
        "another version of torch or another processor sums in another order"
    )
    return 1


def leave_out(world: World, options: argparse.Namespace, console: Console) -> int:
    """Retrain without whole catalogues, or judge the methods by what that has shown."""
    halves, chosen = truth.read(world), catalogues.bundled_catalogues()
    plan = catalogues.plan_of(world, halves.queries, chosen)
    if options.retrain:
        seeds, workers = options.seeds, options.workers
        catalogues.remake(plan, options.work, seeds, workers=workers, say=console.print)
        return 0
    left_out = catalogues.read(plan)
    checkpoints = retraining.full_model(world, options.work)
    members = scoring.members_of(world, halves, checkpoints)
    methods = _methods(options, console, OURS[:1])
    rows, failures = catalogues.judge(world, halves, left_out, members, methods)
    observed = catalogues.observe(left_out)
    catalogues_report.show(console, left_out, chosen, observed, rows, failures)
    return 0


def compare_large(world: World, options: argparse.Namespace, console: Console) -> int:
    """Hold compressed rows against the exact kernel, where retraining is out of reach."""
    queries = large.asked(truth.read(world).queries)
    work, home = options.work / "large", options.work
    if options.small:
        world = replace(world, model=replace(world.model, width=64, layers=2, hidden=144))
        work = home = options.work / "large-small"
    checkpoints = retraining.full_model(world, home)
    model = load_model(checkpoints[-1])
    count = max(options.segments, large.CURVATURE_SAMPLE)
    music = many_segments(bundled_songs(), world.model.context, world.bos, world.pitches, count)
    configs = large.configurations(model, more=options.more)
    kernels = large.Kernels(model, music, queries, configs, work)
    scores = kernels.scores(options.segments, console.print)
    large_report.show(console, kernels.configs, scores, music.track[: options.segments])
    return 0


def compare_sound(world: World, options: argparse.Namespace, console: Console) -> int:
    """Retrain a small model of sound on halves, and judge output functions by it."""
    peer = not absent([peer for peer in PEERS if peer.distribution == "traker"])
    if not peer:
        console.print(f"traker is not installed. {INSTALL}")
    sound.compare(options.kind, options.work, options.seeds, console, peer=peer)
    return 0


def _at_least_one(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of checkpoints; use 1 or more")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.fidelity",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--work", type=Path, default=WORK, help="where models and losses are made")
    parser.add_argument(
        "--checkpoints",
        type=_at_least_one,
        nargs="+",
        default=[1, 4],
        help="a table for each number; the last ones along training are taken",
    )
    parser.add_argument("--figure", type=Path, help="also draw LDS against cost, an SVG")
    parser.set_defaults(command=score)
    commands = parser.add_subparsers()
    making = commands.add_parser("retrain", help="make the truth, about 85 s a model")
    making.add_argument("--seeds", type=int, default=3)
    making.add_argument("--subsets", type=int, default=64)
    making.add_argument("--workers", type=int, default=1, help="processes of one thread each")
    making.set_defaults(command=retrain)
    checking = commands.add_parser("verify", help="remake one retraining and compare")
    checking.add_argument("--seed", type=int, default=1)
    checking.add_argument("--subset", type=int, default=0)
    checking.set_defaults(command=verify)
    leaving = commands.add_parser("catalogues", help="judge methods by composers left out")
    leaving.add_argument("--retrain", action="store_true", help="remake what they are judged by")
    leaving.add_argument("--seeds", type=int, default=2)
    leaving.add_argument("--workers", type=int, default=1, help="processes of one thread each")
    leaving.set_defaults(command=leave_out)
    comparing = commands.add_parser("large", help="compare rows with the exact kernel; resumable")
    comparing.add_argument("--segments", type=int, default=10_000)
    comparing.add_argument(
        "--small", action="store_true", help="a fifth of the model, for many segments"
    )
    comparing.add_argument("--more", action="store_true", help="other rows than the default too")
    comparing.set_defaults(command=compare_large)
    hearing = commands.add_parser("sound", help="models of sound, by output function; resumable")
    hearing.add_argument("--kind", choices=("codes", "denoiser"), default="denoiser")
    hearing.add_argument("--seeds", type=int, default=1)
    hearing.set_defaults(command=compare_sound)
    return parser


if __name__ == "__main__":
    sys.exit(main())
