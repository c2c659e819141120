"""What the survey decided: a value that passes, curvature and coverage read."""

from collections.abc import Mapping
from dataclasses import dataclass

from attribution.engine.gradients.layout import Layout
from attribution.engine.gradients.replay import Replay
from attribution.engine.gradients.rules import HOOKED, Rule

MATRICES = ("linear", "embedding", "convolution")  # kinds whose gradient is Σ rows ⊗ columns


@dataclass(frozen=True)
class Watched:
    """A module that hooks watch: its rule, where its samples are, and what its vectors are called.

    `parameters` maps each attribute to the parameter's first name in the model; `overwritten`
    says that the module's output is changed in place later.
    """

    rule: Rule
    layout: Layout
    parameters: Mapping[str, str]
    overwritten: bool


@dataclass(frozen=True)
class Plan:
    """How the per-sample gradient of each parameter is obtained.

    Batched, parameters of the kind "autograd" are those of `replays`, modules that are run again
    by themselves; otherwise autograd gives them in the pass itself, one sample at a time.
    """

    watched: Mapping[str, Watched]
    replays: tuple[Replay, ...]
    kinds: Mapping[str, str]  # parameter → one of HOOKED | autograd | frozen | excluded | unused
    shapes: dict[str, tuple[int, ...]]
    one_at_a_time_because: tuple[str, ...]

    @property
    def batched(self) -> bool:
        """Whether samples are differentiated in whole batches."""
        return not self.one_at_a_time_because

    @property
    def covered(self) -> list[str]:
        """Names of the parameters that make up a feature."""
        return self.of_kind(*HOOKED, "autograd")

    @property
    def assumed(self) -> frozenset[str]:
        """Names of the parameters whose samples hooks tell apart by an assumption."""
        bold = [watched for watched in self.watched.values() if watched.layout.assumed]
        return frozenset(name for watched in bold for name in watched.parameters.values())

    def of_kind(self, *kinds: str) -> list[str]:
        """Return the names of the parameters of these kinds, in the model's order."""
        return [name for name, kind in self.kinds.items() if kind in kinds]

    def is_matrix(self, name: str) -> bool:
        """Whether the gradient comes as a matrix, the first dimension by all the others."""
        return self.kinds[name] in MATRICES and len(self.shapes[name]) > 1
