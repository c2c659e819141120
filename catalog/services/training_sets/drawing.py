"""Drawing which controls tell what chance scores, and which test it."""

import hashlib
from collections.abc import Collection
from fractions import Fraction

CALIBRATION_PART = Fraction(2, 3)


def draw_controls(
    refs: Collection[str], *, seed: str, calibration_part: Fraction = CALIBRATION_PART
) -> tuple[list[str], list[str]]:
    """Draw controls for calibration and for testing: (calibration, test), disjoint and ascending.

    The draw follows from the seed and the refs alone, in whichever order they come, so anyone can
    repeat it; a seed that was published before the catalogue was known leaves nobody a choice. Any
    order that means something, such as by composer, would make the two groups unlike.

    Args:
        refs: all controls, each once.
        seed: any text, such as the name of the model version.
        calibration_part: how many of them calibrate, rounded; both groups get one at least.

    Raises:
        ValueError: fewer than two controls, or one that is there twice.
    """
    if len(set(refs)) != len(refs) or len(refs) < 2:
        raise ValueError(f"Two different controls are needed at least, each once, not {len(refs)}.")
    mixed = sorted(refs, key=lambda ref: hashlib.sha256(f"{seed}:{ref}".encode()).digest())
    count = min(max(1, round(len(mixed) * calibration_part)), len(mixed) - 1)
    return sorted(mixed[:count]), sorted(mixed[count:])
