"""The commands that prepare what leaves the house: pack, features, open."""

import argparse
import base64
import json
import os
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from secrets import token_bytes
from typing import BinaryIO
from urllib.parse import quote

import torch

from attribution.engine.cli.arguments import add_run_arguments, shard_numbers
from attribution.engine.cli.loading import RunSpec, blaming
from attribution.engine.cli.meter import Meter
from attribution.engine.errors import EngineError
from attribution.engine.files import write_atomically
from attribution.engine.piece_features import open_segments, piece_features
from attribution.engine.store.feature_store import FeatureStore
from attribution.engine.store.packing import pack as pack_store
from attribution.exchange.commitments import SECRET_BYTES

SUFFIX = ".safetensors"


def add_pack_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `pack` takes."""
    parser.add_argument("store", help="a sealed store's folder")
    parser.add_argument("--out", type=Path, required=True, help="the file to write")
    parser.add_argument(
        "--without-curvature",
        action="store_true",
        help="leave the curvature at home; nobody else can then compute rows for this store",
    )


def pack(options: argparse.Namespace) -> None:
    """Write a sealed store as one file."""
    store = FeatureStore.open(options.store, verify="full")
    size_bytes = pack_store(store, options.out, with_curvature=not options.without_curvature)
    sys.stdout.write(f"{options.out}: {size_bytes:,} bytes, store {store.digest()}\n")


def add_features_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `features` takes."""
    _add_house_arguments(parser)
    parser.add_argument("--out", type=Path, required=True, help="a folder for a file a piece")
    parser.add_argument(
        "--pieces",
        type=shard_numbers,
        help="only these, by their place in the run, such as 0-99; all by default",
    )


def features(options: argparse.Namespace) -> None:
    """Write the file of features of each piece of a run."""
    torch.set_num_threads(options.threads)
    store = FeatureStore.open(options.store)
    run = RunSpec(options.run, tuple(options.given)).load()
    secret = _secret(options.secret, may_make=True)
    options.out.mkdir(parents=True, exist_ok=True)
    total = len(store.members) * run.n_segments
    with blaming("Featurising the pieces"), Meter("features", total) as meter:
        made = piece_features(
            run,
            store,
            secret,
            captured_at=datetime.now(UTC).isoformat(timespec="seconds"),
            pieces=options.pieces,
            scratch=options.out,
            on_progress=meter.reached,
        )
        for piece in made:
            path = options.out / f"{quote(piece.ref, safe='')}{SUFFIX}"
            write_atomically(path, partial(_write, piece.content))
            sys.stdout.write(f"{path}: root {piece.root}\n")


def _write(content: bytes, file: BinaryIO) -> None:
    file.write(content)


def add_open_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `open` takes."""
    _add_house_arguments(parser)
    parser.add_argument("--piece", required=True, help="the piece's name in the run")
    parser.add_argument(
        "--segments", type=shard_numbers, required=True, help="such as 3 or 0,2,7-9"
    )


def open_(options: argparse.Namespace) -> None:
    """Print what reveals some segments of a piece, as JSON: content in base64, salt in hex."""
    store = FeatureStore.open(options.store)
    run = RunSpec(options.run, tuple(options.given)).load()
    places = [place for place, track in enumerate(run.tracks) if track.ref == options.piece]
    if not places:
        raise EngineError(f"The run has no piece {options.piece!r}.")
    secret = _secret(options.secret, may_make=False)
    opened = [
        {
            "number": opening.number,
            "content": base64.b64encode(opening.content).decode(),
            "salt": opening.salt.hex(),
        }
        for opening in open_segments(run, store, secret, places[0], options.segments)
    ]
    sys.stdout.write(json.dumps({"openings": opened}) + "\n")


def _add_house_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("store", help="a sealed store, with its curvature")
    add_run_arguments(parser)
    parser.add_argument(
        "--secret",
        type=Path,
        required=True,
        help="the file with the house's secret; `features` makes it where there is none. Keep it, "
        "and never send it",
    )


def _secret(path: Path, *, may_make: bool) -> bytes:
    """The house's secret, as hex in a file that only its owner reads."""
    if may_make and not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(token_bytes(SECRET_BYTES).hex() + "\n")
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError as error:
        raise EngineError(f"{path} holds no secret: {error}.") from error
    if len(secret) != SECRET_BYTES:
        raise EngineError(f"{path} holds {len(secret)} bytes; a secret has {SECRET_BYTES}.")
    return secret
