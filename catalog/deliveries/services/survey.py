"""The first of two passes over a delivery: what can be said of it only when all rows were seen.

Which parties it names, and which identifiers stand in several rows. Of the rows themselves nothing
is kept but that, so that memory does not grow with their number: identifiers go by COPY into a
temporary table, and parties are kept once for each way of naming them.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection
from psycopg import Copy

from catalog.formats import SourceRow
from catalog.manifest import ManifestRow, Mention, PartyPlan, RowError, parse_row, plan_parties
from catalog.manifest.faults import quote
from catalog.manifest.parties import Identity
from catalog.services.importing import known_parties
from common.hashing import sha256_bytes

ONCE = {
    "track_id": "each track has one row.",
    "work_id": "each work has one row of its own.",
    "file": "each track has one row.",
    "isrc": "one recording is one track.",
}
_REPEATED = """
SELECT number, kind, value, first, said, said_first FROM (
    SELECT number, kind, value, said,
           first_value(number) OVER same AS first, first_value(said) OVER same AS said_first
      FROM pg_temp.delivery_key
    WINDOW same AS (PARTITION BY kind, value ORDER BY number)
) keys WHERE number > first
"""


@dataclass
class Survey:
    """What all rows together say."""

    parties: PartyPlan = field(default_factory=PartyPlan)
    repeated: dict[int, list[RowError]] = field(default_factory=dict)  # by row
    lead_of: dict[int, int] = field(default_factory=dict)  # row → the first row about its work
    work_of_iswc: dict[str, str] = field(default_factory=dict)  # where several rows have one
    row_count: int = 0


class _Composition(NamedTuple):
    """What a row with an ISWC says of the work."""

    ref: str
    is_named: bool  # by an id of its own, and not by the ISWC alone
    said: str  # a digest
    shares: str  # a digest; empty if nobody has any

    def joins(self, first: "_Composition") -> bool:
        """Whether the row is of the work of the first row with its ISWC, which is another's ref."""
        if self.is_named:
            return False
        return self.shares in {"", first.shares} if first.is_named else self.said == first.said


def survey(rows: Iterable[SourceRow | RowError]) -> Survey:
    """Read all rows once. Needs a transaction, in which `is_delivered` can be asked."""
    found = Survey()
    mentions: dict[Identity, Mention] = {}
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.delivery_key")
        cursor.execute(
            "CREATE TEMPORARY TABLE delivery_key"
            " (kind text, value text, number int, said text) ON COMMIT DROP"
        )
        with cursor.copy("COPY pg_temp.delivery_key FROM STDIN") as copy:
            for source_row in rows:
                found.row_count += 1
                if isinstance(source_row, RowError):
                    continue
                _keep_keys(copy, source_row)
                row, _, _ = parse_row(source_row.number, source_row.cells)
                if row is None:
                    continue
                _keep_work(copy, row)
                for holder in row.holders:
                    mentions.setdefault(holder.identity, Mention(row.number, holder))
        cursor.execute("ANALYZE pg_temp.delivery_key")
        cursor.execute(_REPEATED)
        _note_repeated(found, cursor.fetchall())
    found.parties = plan_parties(mentions.values(), known_parties())
    return found


def is_delivered(refs: Iterable[str]) -> set[str]:
    """Those of these refs that rows of the surveyed delivery have."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT value FROM pg_temp.delivery_key"
            " WHERE kind IN ('track_id', 'work_id') AND value = ANY(%s)",
            [list(refs)],
        )
        return {value for (value,) in cursor.fetchall()}


def _keep_keys(copy: Copy, row: SourceRow) -> None:
    """Identifiers count even where the row has another fault: it may be the right one."""
    for kind in ("track_id", "file", "isrc"):
        value = row.cells.get(kind, "")
        if value:
            plain = value.replace("-", "").upper() if kind == "isrc" else value
            copy.write_row((kind, plain, row.number, ""))
    if row.cells.get("work_id") and not row.cells.get("track_id"):
        copy.write_row(("work_id", row.cells["work_id"], row.number, ""))


def _keep_work(copy: Copy, row: ManifestRow) -> None:
    if row.work_id:
        copy.write_row(("work", row.work_id, row.number, _said_of_work(row)))
    if row.iswc:
        is_named = row.is_work or row.work_id not in {"", row.iswc}
        said = _Composition(row.work_ref, is_named, _said_of_work(row), _shares_of_work(row))
        copy.write_row(("iswc", row.iswc, row.number, json.dumps(said)))


def _shares_of_work(row: ManifestRow) -> str:
    holders = [
        (*holder.identity, holder.role, holder.share_ppm or 0)
        for holder in row.holders_of("composition")
    ]
    return sha256_bytes(json.dumps(sorted(holders)).encode()) if holders else ""


def _said_of_work(row: ManifestRow) -> str:
    """A digest of all that a row says of its work; empty if it only names it."""
    holders = sorted(
        (*holder.identity, holder.role, holder.share_ppm or 0)
        for holder in row.holders
        if holder.right == "composition"
    )
    words: list[Any] = [row.title_of_work, row.iswc, row.language]
    if not any(words) and not holders:
        return ""
    return sha256_bytes(json.dumps([*words, holders]).encode())


def _note_repeated(found: Survey, rows: Iterable[tuple[int, str, str, int, str, str]]) -> None:
    repeated: defaultdict[int, list[RowError]] = defaultdict(list)
    for number, kind, value, first, said, said_first in rows:
        if kind == "iswc":
            row, of_first = _Composition(*json.loads(said)), _Composition(*json.loads(said_first))
            found.work_of_iswc[value] = of_first.ref
            if row.ref == of_first.ref:
                continue
            if row.joins(of_first):
                found.lead_of.setdefault(number, first)
                continue
            message = (
                f"{value} is the ISWC of another work in row {first}; one ISWC is one work, so "
                "write the same work_id in both, or correct it."
            )
            repeated[number].append(RowError(number, kind, message))
            continue
        if kind != "work":
            message = f"{quote(value)} stands in row {first} already; {ONCE[kind]}"
            repeated[number].append(RowError(number, kind, message))
            continue
        found.lead_of[number] = first
        if said and said != said_first:
            message = (
                f"Row {first} says something else of the work {quote(value)}; say the same title, "
                "ISWC, language and shares in both, or name it here by its work_id alone."
            )
            repeated[number].append(RowError(number, "work_id", message))
    found.repeated = dict(repeated)
