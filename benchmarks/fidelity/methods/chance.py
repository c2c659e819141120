"""No method at all: what chance reaches, and whether zero lies within the intervals."""

import zlib
from collections.abc import Iterator

import numpy as np

from benchmarks.fidelity.methods.base import Member, Method, Scores


class Chance(Method):
    """Independent normal numbers."""

    name = "random"

    def row_numbers(self, member: Member) -> int:
        """Nothing is kept."""
        return 0

    def scores(self, member: Member) -> Iterator[tuple[str, Scores]]:
        """Yield the one setting."""
        rng = np.random.default_rng(zlib.crc32(member.name.encode()))
        yield "", rng.standard_normal((len(member.queries), member.n_segments))
