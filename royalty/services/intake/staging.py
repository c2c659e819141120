"""The staging table: lines go in by COPY, are checked against what is known, and become events.

The checks are one query each over the whole file, so that a million lines cost a few passes and
not a million look-ups. Table and column names come from `shapes`, values from parameters.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.utils import CursorWrapper
from psycopg import Copy

from catalog.models import Platform
from royalty.services.intake.faults import LISTED, Faults
from royalty.services.intake.shapes import Shape

UNKNOWN_GENERATIONS = """
SELECT line, generation FROM staged WHERE generation <> '' AND generation_id IS NULL
"""
CONTRADICTED_IN_FILE = """
SELECT later.line, later.event_id, first.line AS first_line
  FROM staged later
  JOIN (SELECT DISTINCT ON (event_id) * FROM staged ORDER BY event_id, line) AS first
    ON first.event_id = later.event_id AND first.line < later.line
 WHERE ({later}) IS DISTINCT FROM ({first})
"""
CONTRADICTED_BEFORE = """
SELECT staged.line, staged.event_id, file.name AS file_name
  FROM staged
  JOIN {table} event ON event.platform_id = %(platform)s AND event.event_id = staged.event_id
  JOIN royalty_intakefile file ON file.id = event.intake_file_id
 WHERE ({staged}) IS DISTINCT FROM ({event})
"""
IN_FIXED_PERIODS = """
SELECT staged.line, period.starts_on, period.ends_on, period.status
  FROM staged
  JOIN royalty_contract contract
    ON contract.platform_id = %(platform)s AND contract.service = staged.service
  JOIN royalty_period period
    ON period.contract_id = contract.id
   AND period.starts_on <= {day} AND {day} < period.ends_on
 WHERE period.status <> 'open'
   AND NOT EXISTS (SELECT FROM {table} event
                    WHERE event.platform_id = %(platform)s AND event.event_id = staged.event_id)
"""
COUNTED = """
INSERT INTO {table} (platform_id, intake_file_id, generation_id, {columns})
SELECT DISTINCT ON (event_id) %(platform)s, %(file)s, generation_id, {columns}
  FROM staged
 ORDER BY event_id, line
    ON CONFLICT (platform_id, event_id) DO NOTHING
"""
REMEDIES = {
    "computed": "have the period opened again, then send the file again",
    "reviewed": "have the period opened again, then send the file again",
    "closed": "agree with the accountant to report it with a day in an open period",
}


class Staging:
    """A file's lines in temporary tables of the current transaction."""

    def __init__(self, shape: Shape, platform: Platform, cursor: CursorWrapper) -> None:
        self._shape = shape
        self._platform = platform
        self._cursor = cursor

    @contextmanager
    def lines(self) -> Iterator[Copy]:
        """Where rows of (line, generation, columns...) are written to."""
        types = ["int8", "varchar", *self._shape.columns.values()]
        names = ["line", "generation", *self._shape.columns]
        columns = ", ".join(f"{name} {kind}" for name, kind in zip(names, types, strict=True))
        self._cursor.execute("DROP TABLE IF EXISTS pg_temp.intake_line, pg_temp.staged")
        self._cursor.execute(f"CREATE TEMPORARY TABLE intake_line ({columns}) ON COMMIT DROP")
        with self._cursor.copy("COPY intake_line FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(types)
            yield copy

    def resolve(self) -> None:
        """Find the generations that the lines name."""
        self._run(
            "CREATE TEMPORARY TABLE staged ON COMMIT DROP AS"
            " SELECT intake_line.*, generation.id AS generation_id FROM intake_line"
            " LEFT JOIN attribution_generation generation"
            "   ON generation.platform_id = %(platform)s"
            "  AND generation.external_id = intake_line.generation"
        )
        self._run("ANALYZE staged")

    def check(self, faults: Faults) -> None:
        """Note every line that names an unknown piece, contradicts another, or comes too late."""
        self._note(
            faults,
            UNKNOWN_GENERATIONS,
            "generation",
            "{generation!r} is no piece that {platform} has registered; register it first.",
        )
        self._note(
            faults,
            CONTRADICTED_IN_FILE,
            "event_id",
            "{event_id!r} is on line {first_line} with another content; give each event its own.",
        )
        self._note(
            faults,
            CONTRADICTED_BEFORE,
            "event_id",
            "{event_id!r} came with another content in {file_name}; give each event its own.",
        )
        self._note(
            faults,
            IN_FIXED_PERIODS,
            "",
            "The period from {starts_on} to before {ends_on} is {status}; {remedy}.",
        )

    def count(self, file_id: int) -> int:
        """Turn lines into events; returns how many were new."""
        self._run(COUNTED, file=file_id)
        return int(self._cursor.rowcount)

    def _note(self, faults: Faults, query: str, field: str, message: str) -> None:
        """Add a fault for each row of the query, the first ones in words."""
        counted = f"SELECT *, count(*) OVER () AS total FROM ({query}) AS those"  # noqa: S608 ours
        self._run(f"{counted} ORDER BY line LIMIT {LISTED}")
        names = [column.name for column in self._cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in self._cursor.fetchall()]
        for row in rows:
            words = row | {
                "platform": self._platform.code,
                "remedy": REMEDIES.get(str(row.get("status")), ""),
            }
            faults.add(row["line"], field, message.format(**words))
        if rows:
            faults.total += rows[0]["total"] - len(rows)

    def _run(self, query: str, **values: Any) -> None:
        columns = self._shape.columns
        content = [*columns, "generation_id"]
        for word, text in {
            "table": self._shape.table,
            "day": self._shape.day,
            "columns": ", ".join(columns),
            **{
                alias: ", ".join(f"{alias}.{name}" for name in content)
                for alias in ("later", "first", "staged", "event")
            },
        }.items():
            query = query.replace(f"{{{word}}}", text)
        self._cursor.execute(query, {"platform": self._platform.pk, **values})
