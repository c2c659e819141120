"""One file a method, all behind the interface of `base`; `ALL` is the order of the table.

A peer library comes in as one more file: it gets a `Member` and returns scores. Import the library
inside `scores`, so that the table can be made without it.
"""

from benchmarks.fidelity.methods.base import Member, Method
from benchmarks.fidelity.methods.bergson import Bergson, BergsonEkfac
from benchmarks.fidelity.methods.chance import Chance
from benchmarks.fidelity.methods.dattri_logra import DattriLogra
from benchmarks.fidelity.methods.dattri_trak import DattriTrak
from benchmarks.fidelity.methods.embedding import Embedding
from benchmarks.fidelity.methods.engine import Engine, EngineGram
from benchmarks.fidelity.methods.gram import ExactGram
from benchmarks.fidelity.methods.kronfluence import Kronfluence
from benchmarks.fidelity.methods.peer import Peer
from benchmarks.fidelity.methods.plain import GradientCosine, GradientDot
from benchmarks.fidelity.methods.traker import Traker
from benchmarks.fidelity.methods.whitened import ExactWhitened

SWEPT = (1e-4, 1e-3)  # dampings that the tuning queries choose from

OURS: tuple[Method, ...] = (
    Engine("ours (engine's default)"),
    Engine("ours, damping tuned", dampings=SWEPT),
    Engine("ours, half the row", dimension=65_536),
    Engine("ours, int8", dimension=16_384, dtype="int8"),
    Engine("ours, K-FAC not refitted", curvature="kfac"),
    Engine("ours, count sketch", projection="sketch"),
    Engine("ours, principal directions", projection="principal"),
    EngineGram(
        "ours, as TRAK: count sketch, Gram", projection="sketch", dimension=8192, dtype="int8"
    ),
)
# Rows of at most 16 KiB, then what a peer does without that limit.
PEERS: tuple[Peer, ...] = (
    DattriTrak(),
    Traker(),
    DattriLogra(13),
    Bergson(13),
    DattriLogra(32),
    Bergson(32),
    BergsonEkfac(),
    Kronfluence(),
)
YARDSTICKS: tuple[Method, ...] = (
    ExactWhitened(),
    ExactGram(),
    GradientDot(),
    GradientCosine(),
    Embedding(),
    Chance(),
)
ALL = OURS + YARDSTICKS  # what needs no library but ours

__all__ = ["ALL", "OURS", "PEERS", "YARDSTICKS", "Member", "Method"]
