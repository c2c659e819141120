"""The commands that look at stores: inspect, verify, merge, query."""

import argparse
import json
import sys
from collections.abc import Iterator

import numpy as np
import torch

from attribution.engine.cli.arguments import add_run_arguments, positive
from attribution.engine.cli.loading import RunSpec, blaming
from attribution.engine.run import open_featuriser
from attribution.engine.scan.exact import exact_scan
from attribution.engine.store.codes import row_bytes
from attribution.engine.store.feature_store import FeatureStore
from attribution.engine.store.layout import curvature_file, listed
from attribution.engine.store.merging import merge as merge_stores
from attribution.engine.task import FloatArray

LARGEST_SCORES_BYTES = 1 << 28  # of the score matrix of a block of queries


def inspect(options: argparse.Namespace) -> None:
    """Print what a store holds and how much of it is finished; reads no rows."""
    store = FeatureStore.join(options.store)
    finished = {m: store.n_shards - len(store.missing_shards(m)) for m in store.members}
    if options.json:
        fields = json.loads(store.description.text()) | {"finished_shards": finished}
        _write(json.dumps(fields | {"digest": store.digest() if store.sealed else None}))
        return
    config = store.config
    a_row = row_bytes(config.dimension, config.dtype)
    _write(store.description.text().rstrip())
    _write(f"{config.dimension:,} numbers a row as {config.dtype}: {a_row:,} bytes")
    _write(f"sealed {store.digest()}" if store.sealed else "not sealed")
    for member, count in finished.items():
        kept = "kept" if (store.path / curvature_file(member)).exists() else "not kept"
        _write(f"member {member}: {count} of {store.n_shards} shards finished, curvature {kept}")


def verify(options: argparse.Namespace) -> None:
    """Read every file of a sealed store."""
    store = FeatureStore.open(options.store, verify="full")
    _write(f"sound: {store.n_segments} segments, {len(store.members)} members, {store.digest()}")


def merge(options: argparse.Namespace) -> None:
    """Merge parts, and seal the store when nothing is missing any more."""
    store, merged = merge_stores(options.store, options.parts)
    for part in merged:
        _write(f"{part.part}: {part.taken} shards taken, {part.already_there} already there")
        if part.left_out:
            sys.stderr.write(f"{part.part}: left out: {listed(part.left_out)}\n")
    missing = {m: shards for m in store.members if (shards := store.missing_shards(m))}
    if not missing:
        _write(f"sealed {store.seal()}")
    for member, shards in missing.items():
        names = listed([str(shard) for shard in shards])
        _write(f"member {member}: {len(shards)} of {store.n_shards} shards missing: {names}")


def add_query_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `query` takes."""
    parser.add_argument("store", help="a sealed store")
    add_run_arguments(parser)
    parser.add_argument("--top", type=positive, default=10, help="segments to print of each query")
    parser.add_argument("--json", action="store_true", help="one JSON object a query and line")


def query(options: argparse.Namespace) -> None:
    """Print the segments with most influence on each query of a run, best first.

    The influence is the mean over members of the inner product of the query's row with the
    segment's: by how much the query's output would change if the segment were taken away, in the
    output's units and to first order.
    """
    torch.set_num_threads(options.threads)
    store = FeatureStore.open(options.store)
    rows = _query_rows(store, RunSpec(options.run, tuple(options.given)))
    for number, scores in enumerate(_mean_scores(store, rows)):
        best = np.argsort(-scores, kind="stable")[: options.top]
        if options.json:
            top = [{"segment": int(s), "influence": float(scores[s])} for s in best]
            _write(json.dumps({"query": number, "top": top}))
        else:
            _write(f"query {number}")
            for place, segment in enumerate(best, start=1):
                _write(f"{place:4}  segment {segment:<9} {scores[segment]:12.6g}")


def _query_rows(store: FeatureStore, spec: RunSpec) -> dict[str, FloatArray]:
    run = spec.load()
    rows: dict[str, FloatArray] = {}
    for member in store.members:
        with blaming(f"Featurising the queries under member {member!r}"):
            rows[member] = open_featuriser(run, store, member).features(range(run.n_segments))
    return rows


def _mean_scores(store: FeatureStore, rows: dict[str, FloatArray]) -> Iterator[FloatArray]:
    """Yield each query's scores, (n_segments,), a block of queries at a time."""
    a_query = len(store.members) * store.n_segments * 4
    step = max(1, LARGEST_SCORES_BYTES // a_query)
    for start in range(0, len(rows[store.members[0]]), step):
        block = {member: own[start : start + step] for member, own in rows.items()}
        yield from exact_scan(store, block, digits=2).mean(0)


def _write(text: str) -> None:
    sys.stdout.write(f"{text}\n")
