"""What the owner of a model writes so that files, and not only tensors, can be attributed.

The engine asks for batches and outputs (`attribution.engine.Task`). Between a file and a batch lie
four more questions: how the weights are loaded, what a file is to the model, how it is cut into
segments, and what stands for a segment on paper. An adapter answers them, without any state.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from numpy.typing import NDArray

from attribution.engine.task import FloatArray, Part, Task
from attribution.reference.segments import SegmentTable

Steps: TypeAlias = NDArray[Any]  # (n, …): tokens, codes or latents, one entry a step
Sequences: TypeAlias = Callable[[int], Steps]  # the steps of a segment by its number


class UnreadablePiece(ValueError):
    """A file is nothing that the model could have been given; the message says why."""


class UnusableWeights(ValueError):
    """A checkpoint is missing, torn, or not of this architecture; the message says which."""


class Cut(Protocol):
    """Tracks cut into segments, numbered through all tracks."""

    @property
    def table(self) -> SegmentTable:
        """Where each segment lies, and whose it is."""
        ...

    def sequence(self, segment: int) -> Steps:
        """The steps of a segment."""
        ...

    def sha256(self) -> str:
        """Identity of all steps and of the cut."""
        ...


class Adapter(Protocol):
    """One kind of model. `model` is always what `load` has returned."""

    architecture: str  # what checkpoints of this kind are registered as
    media_types: Sequence[str]  # of the files that `read` reads

    def load(self, path: Path, sha256: str) -> Any:
        """The model in evaluation mode, a `torch.nn.Module`.

        Raises UnusableWeights, also for a file that does not have this sha256.
        """
        ...

    def reading(self, model: Any) -> str:
        """Names how files become steps; models of one name read every file alike."""
        ...

    def window(self, model: Any) -> int:
        """The longest segment, in steps."""
        ...

    def seconds_per_step(self, model: Any) -> float | None:
        """How long a step sounds; None where steps have no fixed length."""
        ...

    def read(self, model: Any, path: Path) -> Steps:
        """A file as steps. Raises UnreadablePiece."""
        ...

    def cut(self, model: Any, tracks: Sequence[Steps]) -> Cut:
        """Cut tracks into segments of at most a window."""
        ...

    def task(self, model: Any, sequences: Sequences, parts: Sequence[Part] | None = None) -> Task:
        """What the engine differentiates for segments; with `parts`, sample i is that part."""
        ...

    def embed(self, model: Any, segments: Sequence[Steps]) -> FloatArray:
        """Rows of length one whose products say how alike segments are, (n, width): what people
        use who do not attribute."""
        ...

    def content(self, steps: Steps) -> bytes:
        """A segment as bytes that another machine would give as well; features commit to them."""
        ...

    def steps(self, model: Any, content: bytes) -> Steps:
        """What `content` was made from. Raises UnreadablePiece."""
        ...
