"""What became of an import, row by row."""

from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from catalog.manifest import RowError, RowWarning


class Outcome(StrEnum):
    """What became of a row."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"  # it is at fault
    HELD_BACK = "held back"  # it is fine, but another row is at fault


@dataclass(frozen=True)
class RowOutcome:
    """What became of one row; `changes` names what differed from the catalogue."""

    row: int
    track_id: str
    outcome: Outcome
    changes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ImportReport:
    """What became of a manifest; with any error, nothing of it was imported."""

    name: str
    manifest_sha256: str
    outcomes: tuple[RowOutcome, ...]
    errors: tuple[RowError, ...]
    warnings: tuple[RowWarning, ...]

    @property
    def ok(self) -> bool:
        return not self.errors

    @property
    def created_count(self) -> int:
        return self.count(Outcome.CREATED)

    @property
    def changed_count(self) -> int:
        return self.count(Outcome.CHANGED)

    @property
    def unchanged_count(self) -> int:
        return self.count(Outcome.UNCHANGED)

    @property
    def rejected_count(self) -> int:
        return self.count(Outcome.REJECTED)

    def count(self, outcome: Outcome) -> int:
        return Counter(row.outcome for row in self.outcomes)[outcome]

    def as_json(self) -> dict[str, Any]:
        """For people's programs: counts, then every error, warning and row."""
        return {
            "name": self.name,
            "manifest_sha256": self.manifest_sha256,
            "imported": self.ok,
            "counts": {str(outcome): self.count(outcome) for outcome in Outcome},
            "errors": [asdict(error) for error in self.errors],
            "warnings": [asdict(warning) for warning in self.warnings],
            "rows": self.rows_as_json(),
        }

    def rows_as_json(self) -> list[dict[str, Any]]:
        """Each row with its outcome, and its errors where it has any."""
        errors: defaultdict[int, list[dict[str, str]]] = defaultdict(list)
        for error in self.errors:
            errors[error.row].append({"field": error.field, "message": error.message})
        return [
            {
                "row": row.row,
                "track_id": row.track_id,
                "outcome": str(row.outcome),
                "changes": list(row.changes),
                "errors": errors[row.row],
            }
            for row in self.outcomes
        ]
