"""What is this like: the nearest stored segments by cosine, in milliseconds, for people.

The index is the sign of some numbers of every row, evenly spread over it, members side by side.
Part of a sketch is a shorter sketch of the same gradients; two signs agree with probability
1 − angle/π, so counting those that differ puts rows nearly in the order of their mean cosine over
members. FAISS counts them, on a table that is read from disk as it is. The best few are then scored
from the whole rows of the store and put in order.

Never pay by it: a cosine forgets how much influence there was, and the index misses some.
"""

import contextlib
from typing import IO, Any

import faiss
import numpy as np
from numpy.typing import NDArray

from attribution.engine.files import write_atomically
from attribution.engine.scan.exact import BLOCK_ROWS, Queries, require_queries, scorer
from attribution.engine.store.codes import Codes
from attribution.engine.store.feature_store import FeatureStore
from attribution.engine.task import FloatArray, IntArray

INDEX_BITS = 8192  # a segment, shared among members
CANDIDATES = 1000  # scored exactly for each query, or as many as are asked for


class LookUp:
    """Nearest stored segments by cosine, averaged over members."""

    def __init__(
        self, store: FeatureStore, *, bits: int = INDEX_BITS, candidates: int = CANDIDATES
    ) -> None:
        """Open the index that lies in the store's folder, or make it there.

        Its name holds the store's digest, so another store's is never taken. Where the folder
        cannot be written the index stays in memory, `bits` / 8 bytes a segment. More bits and more
        candidates find more of the nearest, and take longer.
        """
        self._store, self._candidates = store, candidates
        whole = store.config.dimension // 8  # runs of eight numbers, each a byte of signs
        n_runs = max(1, min(bits // 8 // len(store.members), whole))
        self._runs = np.arange(n_runs) * whole // n_runs
        self._maps: dict[tuple[str, int], Codes] = {}
        self._index = self._opened()

    @property
    def bytes_a_segment(self) -> int:
        """What the index takes of memory, or of the page cache."""
        return int(self._index.code_size)

    def nearest(self, queries: Queries, top: int) -> tuple[FloatArray, IntArray]:
        """Return mean cosines and segments of the `top` nearest, (q, top) each, best first.

        `top` is cut to the number of segments. Cosines are those of whole rows; which rows are
        looked at is the index's choice, so that a near one may be missed. Rows of signs give an
        estimate, which may exceed 1 by a little. Raises StoreError as `exact_scan` does.
        """
        n_queries = require_queries(self._store, queries)
        top = min(top, self._store.n_segments)
        count = min(max(top, self._candidates), self._store.n_segments)
        joined = [self._some_signs(queries[member]) for member in self._store.members]
        _, found = self._index.search(np.concatenate(joined, axis=1), count)
        cosines = np.empty((n_queries, top), dtype=np.float32)
        segments = np.empty((n_queries, top), dtype=np.int64)
        for place in range(n_queries):
            one = {member: queries[member][[place]] for member in self._store.members}
            candidates = np.sort(found[place])
            exact = self._cosines(one, candidates)
            best = np.argsort(-exact, kind="stable")[:top]
            cosines[place], segments[place] = exact[best], candidates[best]
        return cosines, segments

    def _cosines(self, query: Queries, segments: IntArray) -> FloatArray:
        """Return the mean cosine of one query with these rows, ascending segments, (n,)."""
        total = np.zeros(len(segments), dtype=np.float32)
        for member in self._store.members:
            score = scorer(self._store, query[member], digits=1)
            codes, scales = self._gathered(member, segments), self._store.scales(member)[segments]
            for start in range(0, len(segments), BLOCK_ROWS):
                part = slice(start, start + BLOCK_ROWS)
                scores = score(codes[part], scales[part])[0]
                norms = np.linalg.norm(query[member]) * self._norms(codes[part], scales[part])
                total[part] += np.divide(scores, norms, out=np.zeros_like(scores), where=norms > 0)
        mean: FloatArray = total / np.float32(len(self._store.members))
        return mean

    def _norms(self, codes: Codes, scales: FloatArray) -> FloatArray:
        """Return the norms of rows, (n,); of signs what their scale says of the row they stand for.

        A scale of signs is ‖r‖² / ‖r‖₁, and k numbers of a sketch are nearly normal, so that
        ‖r‖₁ = √(2k/π) ‖r‖.
        """
        if self._store.config.dtype == "sign":
            return scales * np.float32(np.sqrt(2 * self._store.config.dimension / np.pi))
        norms: FloatArray = np.linalg.norm(codes.astype(np.float32), axis=1) * scales
        return norms

    def _gathered(self, member: str, segments: IntArray) -> Codes:
        """Return the codes of ascending segments; shards are mapped once and stay so."""
        shards, starts = np.unique(segments // self._store.config.shard_rows, return_index=True)
        parts = []
        for shard, here in zip(shards.tolist(), np.split(segments, starts[1:]), strict=True):
            if (member, shard) not in self._maps:
                # A plain view: numpy's memmap takes ten times as long to index.
                self._maps[member, shard] = np.asarray(self._store.rows(member, shard))
            first, _ = self._store.description.shard_range(shard)
            parts.append(self._maps[member, shard][here - first])
        return np.concatenate(parts)

    def _opened(self) -> Any:
        """Return the index of the store's folder, mapped; made first if it is not there."""
        members = len(self._store.members)
        name = f"look-up-{self._store.digest()[:16]}-{8 * len(self._runs)}.faiss"
        path = self._store.path / "look-up" / name
        width = members * 8 * len(self._runs)
        if path.exists():
            with contextlib.suppress(RuntimeError):  # FAISS's word for a file that it cannot read
                index = faiss.read_index_binary(str(path), faiss.IO_FLAG_MMAP_IFC)
                if (index.ntotal, index.d) == (self._store.n_segments, width):
                    return index
        index = faiss.IndexBinaryFlat(width)
        for shard in range(self._store.n_shards):
            signs = [self._shard_signs(member, shard) for member in self._store.members]
            index.add(np.concatenate(signs, axis=1))
        with contextlib.suppress(OSError):
            write_atomically(path, lambda file: _write(index, file))
        return index

    def _shard_signs(self, member: str, shard: int) -> NDArray[np.uint8]:
        """Return the signs of a shard's rows that the index keeps, (n, runs)."""
        codes = self._store.rows(member, shard)
        if self._store.config.dtype == "sign":
            return codes[:, self._runs].view(np.uint8)
        return self._some_signs(codes)

    def _some_signs(self, rows: NDArray[Any]) -> NDArray[np.uint8]:
        """Return where the runs of numbers that the index keeps are not negative, (n, runs)."""
        numbers = (8 * self._runs[:, None] + np.arange(8)).ravel()
        numbers = numbers[numbers < rows.shape[1]]  # fewer only where a row has not even eight
        return np.packbits(np.greater_equal(rows[:, numbers], 0), axis=1, bitorder="little")


def _write(index: Any, file: IO[bytes]) -> None:
    writer = faiss.PyCallbackIOWriter(file.write)  # type: ignore[attr-defined]
    faiss.write_index_binary(index, writer)
