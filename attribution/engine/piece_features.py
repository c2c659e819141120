"""Features of pieces for somebody else: rows that belong to a sealed store, and commitments.

What is computed is what a query is: one row a segment and member. Each piece's batches begin anew,
so its rows do not depend on which pieces are computed together. Rows wait on disk, a file a piece
and member, because models are loaded one after the other. Nothing of the piece's content leaves but
salted hashes; an opening reveals one segment, when it is asked for.
"""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from attribution.engine.errors import EngineError
from attribution.engine.run import Run, open_featuriser
from attribution.engine.store.feature_store import FeatureStore
from attribution.engine.store.tracks import TrackTable
from attribution.engine.task import OnProgress
from attribution.exchange.commitments import Opening, commitment, salt_of
from attribution.exchange.features_file import Identity, write_features


@dataclass(frozen=True)
class PieceFeatures:
    """The file of one piece, ready to be sent."""

    ref: str
    content: bytes
    root: str


def piece_features(
    run: Run,
    store: FeatureStore,
    secret: bytes,
    *,
    captured_at: str,
    pieces: Sequence[int] | None = None,
    scratch: str | Path | None = None,
    on_progress: OnProgress | None = None,
) -> Iterator[PieceFeatures]:
    """Yield the file of each piece of a run, in order.

    Args:
        run: over the pieces' segments, with `tracks`, `tokens` and `content`.
        store: sealed, and made by the same checkpoints.
        secret: of the house; without it nobody can tell a segment from its commitment.
        captured_at: what the files say about when.
        pieces: places in `run.tracks`; all of them by default.
        scratch: folder for rows that wait; the system's own by default.
        on_progress: told (segments done, segments in all) over all members.

    Raises EngineError where the run does not say what a segment is or the store is not sealed,
    ForeignStore where its checkpoints are not the store's.
    """
    table = _require_whole(run, store)
    wanted = range(len(table.tracks)) if pieces is None else pieces
    if outside := [piece for piece in wanted if not 0 <= piece < len(table.tracks)]:
        raise EngineError(f"There is no piece {outside[0]}: the run has {len(table.tracks)}.")
    with tempfile.TemporaryDirectory(dir=scratch, prefix=".features-") as folder:
        waiting = Path(folder)
        prints = _compute(run, store, table, wanted, waiting, on_progress)
        identity = Identity(
            store=store.digest(),
            config=store.description.digest(),
            fingerprints=prints,
            engine=version("tantieme"),
            captured_at=captured_at,
        )
        for piece in wanted:
            yield _packed(run, table, piece, secret, identity, waiting)


def open_segments(
    run: Run, store: FeatureStore, secret: bytes, piece: int, numbers: Sequence[int]
) -> list[Opening]:
    """What reveals these segments of a piece. Raises EngineError for one that it has not."""
    table = _require_whole(run, store)
    start, stop = int(table.starts[piece]), int(table.starts[piece + 1])
    if outside := [number for number in numbers if not 0 <= number < stop - start]:
        raise EngineError(f"There is no segment {outside[0]}: the piece has {stop - start}.")
    return [_opening(run, store.digest(), secret, start, number) for number in numbers]


def _require_whole(run: Run, store: FeatureStore) -> TrackTable:
    if not store.sealed:
        raise EngineError(f"The store at {store.path} is not sealed; finish its capture first.")
    if not run.tracks or run.content is None or run.tokens is None:
        raise EngineError(
            "The run does not say what its segments are: give Run.tracks (the pieces), Run.tokens "
            "(how long each segment is) and Run.content (its bytes, to which features commit)."
        )
    return run.table()


def _compute(
    run: Run,
    store: FeatureStore,
    table: TrackTable,
    wanted: Sequence[int],
    waiting: Path,
    on_progress: OnProgress | None,
) -> dict[str, str]:
    """Leave the rows of each piece under each member; returns the members' fingerprints."""
    total = len(store.members) * sum(table.tracks[piece].segments for piece in wanted)
    prints, done = {}, 0
    for member in sorted(store.members):
        featuriser = open_featuriser(run, store, member)
        prints[member] = featuriser.fingerprint()
        for piece in wanted:
            segments = range(int(table.starts[piece]), int(table.starts[piece + 1]))
            np.save(_rows_file(waiting, piece, member), featuriser.features(segments))
            done += len(segments)
            if on_progress is not None:
                on_progress(done, total)
    return prints


def _packed(
    run: Run, table: TrackTable, piece: int, secret: bytes, identity: Identity, waiting: Path
) -> PieceFeatures:
    start, track = int(table.starts[piece]), table.tracks[piece]
    files = [_rows_file(waiting, piece, member) for member in identity.fingerprints]
    openings = [
        _opening(run, identity.store, secret, start, number) for number in range(track.segments)
    ]
    committed = b"".join(commitment(each.salt, each.content) for each in openings)
    assert run.tokens is not None
    content, root = write_features(
        np.stack([np.load(file, allow_pickle=False) for file in files]),
        run.tokens[start : start + track.segments].astype(np.int32),
        np.frombuffer(committed, dtype=np.uint8).reshape(track.segments, -1),
        identity,
    )
    for file in files:
        file.unlink()
    return PieceFeatures(track.ref, content, root)


def _opening(run: Run, store: str, secret: bytes, start: int, number: int) -> Opening:
    assert run.content is not None
    content = run.content(start + number)
    return Opening(number, content, salt_of(secret, store, number, content))


def _rows_file(waiting: Path, piece: int, member: str) -> Path:
    return waiting / f"{piece}-{member}.npy"
