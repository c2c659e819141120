"""What is wrong with a row, as it is kept: the cell, the sentence, a repair, and the rule."""

from dataclasses import asdict, dataclass
from typing import Any

from catalog.manifest import RowError

FIELDS_KEPT = 200  # characters of a column's name that is nobody's of ours


@dataclass(frozen=True)
class Fault:
    """Why a row is not taken, or not yet.

    `repair` is what to write into the cell instead, as far as it can be told, else empty. `rule`
    names what found the fault: cell, row, file, repeated, party, catalogue or a suspicion's name.
    """

    field: str
    message: str
    repair: str = ""
    rule: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def fault_of(error: RowError, rule: str, repair: str = "") -> Fault:
    return Fault(error.field[:FIELDS_KEPT], error.message, repair, rule)
