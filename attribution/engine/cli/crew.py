"""Several processes that capture shards of one store, and what happens when one of them dies.

The parent hands out one shard at a time over a pipe, so nobody waits for the slowest and two never
work on the same. A process that dies gives its shard back by closing its pipe; the others take it.
Nothing else is shared: the store's files are the only result. A worker whose parent dies finishes
its shard, finds the pipe closed, and ends.
"""

import signal
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import NamedTuple

import torch

from attribution.engine.capture import Capturer
from attribution.engine.cli.loading import RunSpec, blaming
from attribution.engine.errors import EngineError
from attribution.engine.run import Run, open_featuriser
from attribution.engine.store.feature_store import FeatureStore


class Piece(NamedTuple):
    """One shard of one member."""

    member: str
    shard: int


@dataclass(frozen=True)
class Duty:
    """What every worker needs to begin."""

    spec: RunSpec
    store: str
    threads: int


@dataclass
class _Worker:
    process: SpawnProcess
    pipe: Connection
    piece: Piece | None = None


@dataclass
class Crew:
    """Workers that capture pieces until none is left."""

    duty: Duty
    on_done: Callable[[Piece], None]
    _workers: list[_Worker] = field(default_factory=list)
    _waiting: list[Piece] = field(default_factory=list)

    def capture(self, pieces: Iterable[Piece], count: int) -> None:
        """Capture all pieces with `count` processes.

        Raises EngineError with the sentence of the worker that met an error, or when all workers
        died; finished shards stay.
        """
        self._waiting = list(pieces)[::-1]
        try:
            self._workers = [self._start() for _ in range(min(count, len(self._waiting)))]
            while busy := [worker.pipe for worker in self._workers if worker.piece is not None]:
                for pipe in wait(busy):
                    self._hear(next(worker for worker in self._workers if worker.pipe is pipe))
        finally:
            self._dismiss()
        if self._waiting:
            raise EngineError(
                f"All workers died with {len(self._waiting)} shards to go, most often for want of "
                "memory. Give the same command again, with fewer --workers: it goes on from here."
            )

    def _start(self) -> _Worker:
        ours, theirs = get_context("spawn").Pipe()
        process = get_context("spawn").Process(target=_work, args=(theirs, self.duty), daemon=True)
        process.start()
        theirs.close()
        worker = _Worker(process, ours)
        self._hand_out(worker)
        return worker

    def _hand_out(self, worker: _Worker) -> None:
        worker.piece = self._waiting.pop() if self._waiting else None
        if worker.piece is not None:
            with suppress(BrokenPipeError):  # it died; `_hear` finds out
                worker.pipe.send(worker.piece)

    def _hear(self, worker: _Worker) -> None:
        assert worker.piece is not None
        try:
            complaint = worker.pipe.recv()
        except (EOFError, ConnectionResetError):
            self._waiting.append(worker.piece)
            worker.piece = None
            self._wake_idle()
            return
        if complaint:
            raise EngineError(complaint)
        self.on_done(worker.piece)
        self._hand_out(worker)

    def _wake_idle(self) -> None:
        """Give what a dead worker left to one that had nothing more to do."""
        for worker in self._workers:
            if worker.piece is None and worker.process.is_alive() and self._waiting:
                self._hand_out(worker)

    def _dismiss(self) -> None:
        for worker in self._workers:
            worker.pipe.close()
            worker.process.terminate()
        for worker in self._workers:
            worker.process.join()


def _work(pipe: Connection, duty: Duty) -> None:
    """Capture the pieces that come over the pipe; answer each with an error's sentence, or ''."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's
    torch.set_num_threads(duty.threads)
    bench = _Bench(duty)
    while True:
        try:
            piece = pipe.recv()
        except EOFError:
            return
        try:
            bench.capture(piece)
            complaint = ""
        except EngineError as error:
            complaint = str(error)
        with suppress(BrokenPipeError):
            pipe.send(complaint)


class _Bench:
    """One worker's run and store, with the featuriser of the member it is at."""

    def __init__(self, duty: Duty) -> None:
        self._duty = duty
        self._run: Run | None = None
        self._member = ""
        self._capturer: Capturer | None = None

    def capture(self, piece: Piece) -> None:
        with blaming(f"Shard {piece.shard} of member {piece.member!r}"):
            self._at(piece.member).capture(piece.shard)

    def _at(self, member: str) -> Capturer:
        if self._capturer is None or member != self._member:
            self._capturer = None  # frees the model before the next one is loaded
            self._run = self._run or self._duty.spec.load()
            store = FeatureStore.join(self._duty.store)
            self._capturer = Capturer(open_featuriser(self._run, store, member), store)
            self._member = member
        return self._capturer
