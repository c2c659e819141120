"""The command that fills a store: prepare each member, capture what is missing, seal."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from attribution.engine.capture import Capturer, probes
from attribution.engine.cli.arguments import add_run_arguments, positive, shard_numbers
from attribution.engine.cli.crew import Crew, Duty, Piece
from attribution.engine.cli.loading import RunSpec, blaming, read_config
from attribution.engine.cli.meter import Meter
from attribution.engine.config import CaptureConfig
from attribution.engine.featuriser import Featuriser
from attribution.engine.run import Run, create_store, open_featuriser
from attribution.engine.store.feature_store import FeatureStore


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `capture` takes."""
    parser.add_argument("store", help="the store's folder; made if it is not there")
    add_run_arguments(parser)
    parser.add_argument(
        "--config",
        type=Path,
        help="a .json or .toml file with fields of CaptureConfig; others have their defaults. "
        "Without it a store that is there keeps its own",
    )
    parser.add_argument(
        "--shards",
        type=shard_numbers,
        help="only these, such as 0-3 or 0,2,7-9; 'none' only makes the store and its curvature",
    )
    parser.add_argument(
        "--workers", type=positive, default=1, help="processes that capture at once"
    )


def capture(options: argparse.Namespace) -> None:
    """Fill the store, seal it if nothing is missing any more, and say how it stands."""
    torch.set_num_threads(options.threads)
    spec = RunSpec(options.run, tuple(options.given))
    run = spec.load()
    store = create_store(options.store, run, _config(options))
    pieces = _missing(store, options.shards)
    members = store.members if options.shards == () else dict.fromkeys(p.member for p in pieces)
    for member in members:
        featuriser = _prepare(run, store, member)
        if options.workers == 1:
            _alone(run, featuriser, store, [piece for piece in pieces if piece.member == member])
        del featuriser  # frees the model before the next one is loaded
    if options.workers > 1 and pieces:
        _together(run, store, pieces, Duty(spec, options.store, options.threads), options.workers)
    _close(store)


def _config(options: argparse.Namespace) -> CaptureConfig:
    if options.config is None and (Path(options.store) / "config.json").exists():
        return FeatureStore.join(options.store).config
    return read_config(options.config)


def _missing(store: FeatureStore, shards: Sequence[int] | None) -> list[Piece]:
    """Return what is to be done, member by member. Raises StoreError for a shard out of range."""
    for shard in shards or ():
        store.description.shard_range(shard)
    wanted = range(store.n_shards) if shards is None else shards
    return [
        Piece(member, shard)
        for member in store.members
        for shard in store.missing_shards(member, verify="full")
        if shard in wanted
    ]


def _prepare(run: Run, store: FeatureStore, member: str) -> Featuriser:
    """Return a member's featuriser, its curvature kept and its gradients checked."""
    with blaming(f"Preparing member {member!r}"):
        with Meter(f"{member}: curvature", len(run.curvature_sample)) as meter:
            featuriser = open_featuriser(run, store, member, on_progress=meter.reached)
        featuriser.self_check(probes(run.n_segments))
    sys.stderr.write(f"{member}: {featuriser.coverage().describe()}\n")
    return featuriser


def _alone(run: Run, featuriser: Featuriser, store: FeatureStore, pieces: list[Piece]) -> None:
    """Capture one member's shards in this process."""
    with _meter(run, store, pieces, f"{featuriser.member}: capture") as meter:
        capturer = Capturer(featuriser, store)
        for piece in pieces:
            with blaming(f"Shard {piece.shard} of member {piece.member!r}"):
                capturer.capture(piece.shard)
            meter.add(_segments(store, piece))


def _together(run: Run, store: FeatureStore, pieces: list[Piece], duty: Duty, workers: int) -> None:
    """Capture all shards by several processes."""
    with _meter(run, store, pieces, f"{workers} workers") as meter:
        crew = Crew(duty, lambda piece: meter.add(_segments(store, piece)))
        crew.capture(pieces, workers)


def _meter(run: Run, store: FeatureStore, pieces: list[Piece], what: str) -> Meter:
    total = sum(_segments(store, piece) for piece in pieces)
    tokens = float(run.tokens.mean()) if run.tokens is not None else 0.0
    return Meter(what, total, tokens_a_segment=tokens)


def _segments(store: FeatureStore, piece: Piece) -> int:
    start, stop = store.description.shard_range(piece.shard)
    return stop - start


def _close(store: FeatureStore) -> None:
    missing = sum(len(store.missing_shards(member)) for member in store.members)
    if missing:
        total = len(store.members) * store.n_shards
        sys.stdout.write(f"{total - missing} of {total} shards finished; not sealed\n")
    else:
        sys.stdout.write(f"sealed {store.seal()}\n")
