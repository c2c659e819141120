"""The staging table: lines go in by COPY, are checked against what is known, and become events.

The checks are one query each over the whole file (`checks`), so that a million lines cost a few
passes and not a million look-ups. Table and column names come from `shapes`, values from
parameters.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.utils import CursorWrapper
from psycopg import Copy

from catalog.models import Platform
from royalty.models import EventKind
from royalty.services.intake import results
from royalty.services.intake.checks import ALWAYS, CORRECTED, NEW, OF_CORRECTIONS, Check
from royalty.services.intake.conversion import convert
from royalty.services.intake.faults import Faults
from royalty.services.intake.shapes import Shape, most_atoms

COUNTED = """
INSERT INTO {table} (platform_id, intake_file_id, generation_id, {columns}, is_late)
SELECT DISTINCT ON (event_id) %(platform)s, %(file)s, generation_id, {columns}, {late}
  FROM staged
 ORDER BY event_id, line
    ON CONFLICT (platform_id, event_id) DO NOTHING
"""
# Only for files whose sender says that they are late.
LATE = """EXISTS (
    SELECT FROM royalty_contract contract
      JOIN royalty_period period ON period.contract_id = contract.id
     WHERE contract.platform_id = %(platform)s AND contract.service = staged.service
       AND period.starts_on <= {day:staged} AND {day:staged} < period.ends_on
       AND period.status = 'closed')"""
REMEDIES = {
    "computed": "have the period opened again, then send the file again",
    "reviewed": "have the period opened again, then send the file again",
    "closed": "agree with the accountant to report it with a day in an open period, or send it as "
    "late, so that the period is restated",
}
ROWS_A_FETCH = 5_000


class Staging:
    """A file's lines in temporary tables of the current transaction."""

    def __init__(
        self, shape: Shape, platform: Platform, cursor: CursorWrapper, *, is_late: bool
    ) -> None:
        self._shape = shape
        self._platform = platform
        self._cursor = cursor
        self._is_late = is_late
        self._words = _words(shape)

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
        taking = ["open", "closed"] if self._is_late else ["open"]
        for check in ALWAYS:
            self._note(faults, check, taking=taking)
        if self._shape.kind is EventKind.REVENUE:
            convert(self._cursor, faults, most_atoms)
        self._run("SELECT EXISTS (SELECT FROM staged WHERE corrects <> '')")
        if self._cursor.fetchone()[0]:
            for check in OF_CORRECTIONS:
                self._note(faults, check)

    def leave_out(self, faults: Faults) -> int:
        """Remove the lines that have faults; returns how many such lines the file has."""
        refused_count = results.stage_faults(self._cursor, faults)
        self._run("DELETE FROM staged USING intake_fault WHERE staged.line = intake_fault.line")
        return refused_count

    def count(self, file_id: int) -> int:
        """Turn lines into events; returns how many were new."""
        self._run(COUNTED.replace("{late}", LATE if self._is_late else "false"), file=file_id)
        return int(self._cursor.rowcount)

    def _note(self, faults: Faults, check: Check, **values: Any) -> None:
        """Add a fault for each row of the check's query, the first ones in words."""
        counted = f"SELECT *, count(*) OVER () AS total FROM ({check.query}) AS those"  # noqa: S608 ours
        self._run(
            f"DECLARE faulty NO SCROLL CURSOR FOR {counted} ORDER BY line LIMIT {faults.most_told}",
            **values,
        )
        told, total = 0, 0
        for row in self._fetched("faulty"):
            words = row | {
                "platform": self._platform.code,
                "remedy": REMEDIES.get(str(row.get("status")), ""),
            }
            faults.add(row["line"], check.field, check.message.format(**words), row["event_id"])
            told, total = told + 1, row["total"]
        faults.total += total - told

    def _fetched(self, name: str) -> Iterator[dict[str, Any]]:
        """The rows of a cursor of the database, some at a time."""
        while True:
            self._cursor.execute(f"FETCH {ROWS_A_FETCH} FROM {name}")
            rows = self._cursor.fetchall()
            names = [column.name for column in self._cursor.description]
            yield from (dict(zip(names, row, strict=True)) for row in rows)
            if len(rows) < ROWS_A_FETCH:
                break
        self._cursor.execute(f"CLOSE {name}")

    def _run(self, query: str, **values: Any) -> None:
        for word, text in self._words.items():
            query = query.replace(f"{{{word}}}", text)
        self._cursor.execute(query, {"platform": self._platform.pk, **values})


def _words(shape: Shape) -> dict[str, str]:
    """What stands for the words in braces of the queries."""
    content = [*(name for name in shape.columns if name not in shape.derived), "generation_id"]
    # In this order: the first two hold words themselves.
    words = {"corrected": CORRECTED, "new": NEW}
    words |= {"table": shape.table, "columns": ", ".join(shape.columns)}
    for alias in ("staged", "event", "later", "first"):
        words[f"day:{alias}"] = f"({alias}.{shape.day})::date"
        for name, columns in (("kept", shape.kept), ("content", content)):
            words[f"{name}:{alias}"] = ", ".join(f"{alias}.{column}" for column in columns)
    return words
