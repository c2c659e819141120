"""What a method is given, and what it returns."""

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from attribution.engine import CaptureConfig, Curvature, estimate_curvature
from attribution.reference.arrays import Tokens
from attribution.reference.model import MusicTransformer
from attribution.reference.segments import Corpus
from attribution.reference.task import CorpusTask, SequenceTask
from attribution.reference.training import one_thread
from benchmarks.fidelity.gradients import Gradients, rotate, sample_gradients

Scores: TypeAlias = NDArray[np.floating]  # (n_queries, n_segments)


class Member:
    """One checkpoint with its training segments and the queries.

    What several methods need is made once, by the first that asks; `seconds` remembers what each
    such piece cost, so that every method that needs it can be charged.
    """

    def __init__(
        self, name: str, model: MusicTransformer, corpus: Corpus, queries: Sequence[Tokens]
    ) -> None:
        self.name, self.model, self.corpus, self.queries = name, model, corpus, queries
        self.n_segments = len(corpus.table)
        self.seconds: dict[str, float] = {}

    @property
    def segment_task(self) -> CorpusTask:
        """The training segments, as the engine sees them."""
        return CorpusTask(self.corpus)

    @property
    def query_task(self) -> SequenceTask:
        """The queries, as the engine sees them."""
        return SequenceTask(self.queries, self.corpus.bos)

    @property
    def segments(self) -> list[Tokens]:
        """The training segments as plain token sequences."""
        return [self.corpus.sequence(segment) for segment in range(self.n_segments)]

    @cached_property
    def curvature(self) -> Curvature:
        """The engine's Kronecker factors, from all training segments."""
        with self._timed("curvature"), one_thread():
            every = range(self.n_segments)
            return estimate_curvature(self.model, self.segment_task, every, CaptureConfig())

    @cached_property
    def gradients(self) -> Gradients:
        """Exact gradients of all segments, then of all queries, in the curvature's eigenbasis.

        A rotation changes no inner product, so methods without curvature use them as they are.
        """
        curvature = self.curvature
        with self._timed("gradients"):
            sequences = [*self.segments, *self.queries]
            gradients = sample_gradients(self.model, sequences, self.corpus.bos)
            rotate(gradients, curvature)
        return gradients

    @cached_property
    def kernel(self) -> NDArray[np.float64]:
        """Inner products of every raw gradient with the segments', (n + n_queries, n)."""
        gradients = self.gradients
        with self._timed("kernel"):
            total = np.zeros((self.n_segments + len(self.queries), self.n_segments))
            for values in gradients.values():
                flat = values.reshape(len(values), -1)
                total += flat @ flat[: self.n_segments].T
        return total

    @contextmanager
    def _timed(self, piece: str) -> Iterator[None]:
        started = time.process_time()
        yield
        self.seconds[piece] = time.process_time() - started


class MethodFailed(RuntimeError):
    """A method cannot score; says which, and why. The others of the table go on."""


class Method(ABC):
    """A way to score how much each training segment lowered the loss of each query."""

    name: str
    number_bytes: float = 4  # of one kept number
    needs: tuple[str, ...] = ()  # the member's shared pieces whose cost is this method's too

    def row_numbers(self, member: Member) -> int:
        """How many numbers of a segment must be kept to score a query later: all, if exact."""
        return sum(parameter.numel() for parameter in member.model.parameters())

    def kept_seconds(self, member: Member) -> float | None:
        """CPU seconds of scores that were made in another run; None: measure this one."""
        return None

    @abstractmethod
    def scores(self, member: Member) -> Iterator[tuple[str, Scores]]:
        """Yield (setting, scores); of several settings the tuning queries choose.

        A higher score says that training on the segment lowered the query's loss by more. Scores
        of segments are summed, and scores of members averaged, as they are.
        """
