"""What became of each line of a file, as a packed file of JSON lines in the storage.

    {"line":3,"event_id":"use-3","outcome":"refused","errors":[{"field":"count","detail":"..."}]}

Lines stand in their order. The database sorts and spells them, and they stream from there into the
file, so that ten million of them need no memory here. Must run in the transaction that staged what
it tells of.
"""

import gzip
import tempfile
from typing import Any

from django.db.backends.utils import CursorWrapper

from common.storage import put_file
from royalty.services.intake.faults import Faults
from royalty.services.intake.shapes import Shape

FAULTS = """
DROP TABLE IF EXISTS pg_temp.intake_fault;
CREATE TEMPORARY TABLE intake_fault (line int8, event_id varchar, field varchar, message varchar)
    ON COMMIT DROP
"""
COPY_FAULTS = "COPY intake_fault FROM STDIN"
OF_REFUSED = """
SELECT line, nullif(max(event_id), '') AS event_id, 'refused' AS outcome,
       json_agg(row_to_json(error)) AS errors
  FROM intake_fault,
       LATERAL (SELECT nullif(field, '') AS field, message AS detail) AS error
 GROUP BY line
"""
# Of an event that stands on several lines the first one is new.
OF_COUNTED = """
SELECT staged.line, staged.event_id,
       CASE WHEN event.intake_file_id = %(file)s AND 1 = row_number()
                 OVER (PARTITION BY staged.event_id ORDER BY staged.line)
            THEN 'new' ELSE 'known' END AS outcome, NULL::json AS errors
  FROM staged
  JOIN {table} event
    ON event.platform_id = %(platform)s AND event.event_id = staged.event_id
"""
SPELLED = "COPY (SELECT row_to_json(told)::text FROM ({told}) AS told ORDER BY line) TO STDOUT"


def stage_faults(cursor: CursorWrapper, faults: Faults) -> int:
    """Bring the faults of lines to a temporary table; returns how many lines have any."""
    cursor.execute(FAULTS)
    with cursor.copy(COPY_FAULTS) as copy:
        for line, event_id, field, message in faults.kept():
            if line:
                copy.write_row((line, event_id, field, message))
    cursor.execute("SELECT count(DISTINCT line) FROM intake_fault")
    return int(cursor.fetchone()[0])


def write_refused(cursor: CursorWrapper, name: str) -> None:
    """Write the staged faults, by line."""
    _write(cursor, name, OF_REFUSED, {})


def write_every(
    cursor: CursorWrapper, name: str, *, shape: Shape, platform_id: int, file_id: int
) -> None:
    """Write what became of every line of a file that was just taken, those left out among them."""
    told = OF_COUNTED.replace("{table}", shape.table) + " UNION ALL " + OF_REFUSED
    _write(cursor, name, told, {"platform": platform_id, "file": file_id})


def _write(cursor: CursorWrapper, name: str, told: str, values: dict[str, Any]) -> None:
    with tempfile.TemporaryFile() as file:
        with (
            gzip.GzipFile(fileobj=file, mode="wb", compresslevel=3, filename="", mtime=0) as packed,
            cursor.copy(SPELLED.replace("{told}", told), values) as copy,
        ):
            for row in copy:  # COPY doubles what JSON escapes with, and nothing else stands in it
                packed.write(bytes(row).replace(b"\\\\", b"\\"))
        file.seek(0)
        put_file(name, file)
