"""How large a demonstration is. The sizes differ in numbers alone; what happens is the same."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Size:
    """What is trained on what.

    `model` names a configuration of a reference model, of notes or of sound. `train_roles` are the
    manifest's roles that are trained on, `limit` caps the tracks of each role (0: all).
    `checkpoints` of each member, counted from the end of its run, go into the ensemble.
    """

    model: str
    train_roles: tuple[str, ...]
    seeds: tuple[int, ...]
    checkpoints: int
    samples: int
    curvature_segments: int
    capture: dict[str, Any]
    limit: int = 0
    is_sound: bool = False  # songs as recordings, and a model that hears


SIZES = {
    # For the tests: every stage, hardly any music.
    "tiny": Size("tiny", ("train",), (0, 1), 1, 6, 24, {"dimension": 1024, "shard_rows": 64}, 18),
    # About ten minutes on two cores.
    "demo": Size("demo", ("train",), (0, 1), 2, 24, 320, {"dimension": 4096}),
    # The same songs as recordings, under a model of coded sound.
    "sound": Size(
        "demo-codes", ("train",), (0, 1), 2, 64, 256, {"dimension": 16_384}, is_sound=True
    ),
    "tiny-sound": Size(
        "tiny-codes",
        ("train",),
        (0, 1),
        1,
        6,
        24,
        {"dimension": 1024, "shard_rows": 64},
        18,
        is_sound=True,
    ),
    # The whole bundle.
    "full": Size("full", ("train", "extra"), (0, 1, 2), 2, 48, 640, {"dimension": 8192}),
}
