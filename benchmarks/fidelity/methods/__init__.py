"""One file a method, all behind the interface of `base`; `ALL` is the order of the table.

A peer library comes in as one more file: it gets a `Member` and returns scores. Import the library
inside `scores`, so that the table can be made without it.
"""

from benchmarks.fidelity.methods.base import Member, Method
from benchmarks.fidelity.methods.chance import Chance
from benchmarks.fidelity.methods.embedding import Embedding
from benchmarks.fidelity.methods.engine import Engine
from benchmarks.fidelity.methods.gram import ExactGram
from benchmarks.fidelity.methods.plain import GradientCosine, GradientDot
from benchmarks.fidelity.methods.whitened import ExactWhitened

SWEPT = (1e-4, 1e-3, 1e-2)  # dampings that the tuning queries choose from

OURS: tuple[Method, ...] = (
    Engine("ours (engine's default)"),
    Engine("ours, damping tuned", dampings=SWEPT),
    Engine("ours, twice the row", dampings=SWEPT, dimension=131_072),
    Engine("ours, half the row", dampings=SWEPT, dimension=32_768),
    Engine("ours, int8", dampings=SWEPT, dimension=8_192, dtype="int8"),
    Engine("ours, count sketch", dampings=SWEPT, projection="sketch"),
    Engine("ours, principal directions", dampings=SWEPT, projection="principal"),
    Engine("ours, no curvature", curvature="none"),
)
YARDSTICKS: tuple[Method, ...] = (
    ExactWhitened(),
    ExactGram(),
    GradientDot(),
    GradientCosine(),
    Embedding(),
    Chance(),
)
ALL = OURS + YARDSTICKS

__all__ = ["ALL", "Member", "Method"]
