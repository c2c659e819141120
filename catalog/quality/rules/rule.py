"""What a rule is."""

from dataclasses import dataclass
from enum import StrEnum

_VALID = "share.valid_from <= %(today)s AND coalesce(share.valid_until > %(today)s, true)"


def of_today(query: str) -> str:
    """A query in whose text `{valid}` stands for: the row `share` holds today."""
    return query.replace("{valid}", _VALID)


class Severity(StrEnum):
    """How bad what a rule finds is, the mildest first."""

    INFO = "info"  # could be better
    WARNING = "warning"  # somebody should look
    ERROR = "error"  # money may go wrong
    BLOCKING = "blocking"  # money cannot go right

    @property
    def cost_percent(self) -> int:
        """What a subject's worst open finding takes of its score."""
        return {"info": 5, "warning": 20, "error": 60, "blocking": 100}[self.value]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Something that must hold for each work, track, party or share."""

    code: str
    dimension: str
    severity: Severity
    subject: str
    sentence: str  # with {names} of the query's evidence
    repair: str
    query: str
    field: str = ""  # the delivery's column that is to blame, if it is one
    version: int = 1
