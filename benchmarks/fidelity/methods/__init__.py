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
from benchmarks.fidelity.methods.signs import Signs
from benchmarks.fidelity.methods.whitened import ExactWhitened

ALL: tuple[Method, ...] = (
    Engine(),
    Signs(32_768),
    ExactWhitened(),
    ExactGram(),
    GradientDot(),
    GradientCosine(),
    Embedding(),
    Chance(),
)

__all__ = ["ALL", "Member", "Method"]
