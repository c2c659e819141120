"""Where in a piece, and where in a track, an influence lies.

A segment's gradient is the sum of the gradients of its steps, so its score against another segment
is the sum of a table: the influence of each part of the track on each part of the piece. Rows are
made for parts as they are for segments, by the same featuriser, and multiplied.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from attribution.engine import Featuriser, FloatArray, Part, Task, parts_of

MOST_PARTS = 120  # of a piece or a track; in longer ones a part lasts longer
REACH_SECONDS = 2.0  # to either side, over which parts are compared with their neighbours
PartsTask = Callable[[Sequence[Part]], Task]
Table: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True)
class InParts:
    """A piece or a track in parts of one length."""

    parts: list[Part]  # of its segments, which are numbered from 0
    seconds: FloatArray  # (n, 2): when each begins and ends

    @classmethod
    def of(cls, lengths: Sequence[int], seconds_per_step: float, part_seconds: float) -> "InParts":
        """Cut segments of these numbers of steps into parts of about `part_seconds`."""
        shortest = sum(lengths) * seconds_per_step / MOST_PARTS
        steps = max(1, round(max(part_seconds, shortest) / seconds_per_step))
        parts = parts_of(lengths, steps)
        begins = np.concatenate([[0], np.cumsum(lengths)])
        edges = [
            (begins[part.segment] + part.first, begins[part.segment] + part.stop) for part in parts
        ]
        return cls(parts, (np.array(edges) * seconds_per_step).astype(np.float32))


def tables(
    featuriser: Featuriser, piece: tuple[InParts, PartsTask], track: tuple[InParts, PartsTask]
) -> tuple[Table, Table]:
    """What a track did to a piece under one member, part by part: two tables, (p, t).

    The first is the influence, in units of its own root mean square: its sums over rows and columns
    are what each second did. The second says where the two belong together. There each part counts
    alike, however large its gradient (a loud beginning would outshine all else), and a part of the
    piece is compared along with its neighbours, since what was learnt in order is played in order.
    """
    (asked, asked_task), (known, known_task) = piece, track
    of_piece, of_track = (
        featuriser.with_task(task(there.parts)).features(range(len(there.parts)))
        for there, task in ((asked, asked_task), (known, known_task))
    )
    influence = of_piece @ of_track.T
    scale = np.sqrt((influence.astype(np.float64) ** 2).mean())
    cosines = _unit(of_piece) @ _unit(of_track).T
    reach = max(1, round(REACH_SECONDS / float(asked.seconds[0, 1] - asked.seconds[0, 0])))
    return (influence / max(scale, 1e-12)).astype(np.float32), along_time(cosines, reach)


def along_time(table: Table, reach: int) -> Table:
    """The mean of each cell and of those up to `reach` before and after it on its diagonal."""
    total = np.zeros_like(table)
    p, t = table.shape
    for shift in range(-min(reach, p - 1, t - 1), min(reach, p - 1, t - 1) + 1):
        here = slice(max(0, -shift), p + min(0, -shift)), slice(max(0, -shift), t + min(0, -shift))
        there = slice(max(0, shift), p + min(0, shift)), slice(max(0, shift), t + min(0, shift))
        total[here] += table[there]
    # Over the whole reach, also at the edges: a short overlap is little evidence.
    return np.asarray(total / (2 * reach + 1), dtype=np.float32)


def _unit(rows: FloatArray) -> FloatArray:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    found: FloatArray = rows / np.maximum(lengths, 1e-12)
    return found
