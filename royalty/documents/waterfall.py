"""The waterfall of a statement, as bars: drawn by the PDF and by the page from the same numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from royalty.documents.statement import Change, LineSource

BAR_UNITS = 1_000  # the width of the whole drawing
_THINNEST_BAR = 6  # so that a small amount is not drawn as none


@dataclass(frozen=True)
class Bar:
    """A row of the waterfall. Bars of changes float where the balance stood."""

    kind: Literal["total", "plus", "minus"]
    label: str
    atoms: int
    start: int  # in units of the drawing's width, from its left edge
    length: int
    source: LineSource | None = None


def waterfall(opening_atoms: int, changes: Sequence[Change], payable_atoms: int) -> list[Bar]:
    """Rows from the opening balance over the changes and the payment to what is carried forward."""
    balance_atoms = opening_atoms + sum(change.atoms for change in changes)
    steps: list[Change | tuple[str, int]] = [
        ("Opening balance", opening_atoms),
        *changes,
        ("Balance before payment", balance_atoms),
        Change("Payable now", -payable_atoms),
        ("Carried forward", balance_atoms - payable_atoms),
    ]
    spans, running = [], 0
    for step in steps:
        start, atoms = (running, step.atoms) if isinstance(step, Change) else (0, step[1])
        running = start + atoms
        spans.append((min(start, running), max(start, running)))
    low, high = min(0, *(a for a, _ in spans)), max(0, *(b for _, b in spans))
    return [
        _bar(step, start - low, end - start, max(1, high - low))
        for step, (start, end) in zip(steps, spans, strict=True)
    ]


def _bar(step: Change | tuple[str, int], start: int, length: int, extent: int) -> Bar:
    units = start * BAR_UNITS // extent
    drawn = length and max(_THINNEST_BAR, length * BAR_UNITS // extent)
    if isinstance(step, Change):
        kind: Literal["plus", "minus"] = "minus" if step.atoms < 0 else "plus"
        return Bar(kind, step.label, step.atoms, units, drawn, step.source)
    label, atoms = step
    return Bar("total", label, atoms, units, drawn)
