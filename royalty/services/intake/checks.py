"""What is wrong with staged lines beside what is known: one query each over the whole file.

A query tells line and words for a message. In its text stand `{table}` (the events'), `{new}` (the
staged line's event is not known), `{corrected}` (a new line beside the event that it corrects), and
`{day:x}`, `{kept:x}`, `{content:x}` (the day and columns of the alias x).
"""

from typing import NamedTuple


class Check(NamedTuple):
    """Lines that a query finds, the field that is to blame, and the sentence."""

    query: str
    field: str
    message: str


NEW = """
NOT EXISTS (SELECT FROM {table} event
             WHERE event.platform_id = %(platform)s AND event.event_id = staged.event_id)
"""
CORRECTED = """
SELECT staged.line, staged.event_id, staged.corrects, event.corrects AS origin,
       event.service AS was_service, {day:event} AS was_day
  FROM staged
  LEFT JOIN {table} event
    ON event.platform_id = %(platform)s AND event.event_id = staged.corrects
 WHERE staged.corrects <> '' AND {new}
"""
ALWAYS = (
    Check(
        "SELECT line, event_id, generation FROM staged"
        " WHERE generation <> '' AND generation_id IS NULL",
        "generation",
        "{generation!r} is no piece that {platform} has registered; register it first.",
    ),
    Check(
        """
        SELECT later.line, later.event_id, first.line AS first_line
          FROM staged later
          JOIN (SELECT DISTINCT ON (event_id) * FROM staged ORDER BY event_id, line) AS first
            ON first.event_id = later.event_id AND first.line < later.line
         WHERE ({content:later}) IS DISTINCT FROM ({content:first})""",
        "event_id",
        "{event_id!r} is on line {first_line} with another content; give each event an id of its "
        "own, and a correction in `corrects` the id of what it corrects.",
    ),
    Check(
        """
        SELECT staged.line, staged.event_id, file.name AS file_name
          FROM staged
          JOIN {table} event
            ON event.platform_id = %(platform)s AND event.event_id = staged.event_id
          JOIN royalty_intakefile file ON file.id = event.intake_file_id
         WHERE ({content:staged}) IS DISTINCT FROM ({content:event})""",
        "event_id",
        "{event_id!r} came with another content in {file_name}; give each event an id of its own, "
        "and a correction in `corrects` the id of what it corrects.",
    ),
    Check(
        """
        SELECT staged.line, staged.event_id, period.starts_on, period.ends_on, period.status
          FROM staged
          JOIN royalty_contract contract
            ON contract.platform_id = %(platform)s AND contract.service = staged.service
          JOIN royalty_period period
            ON period.contract_id = contract.id
           AND period.starts_on <= {day:staged} AND {day:staged} < period.ends_on
         WHERE period.status <> ALL (%(taking)s) AND {new}""",
        "",
        "The period from {starts_on} to before {ends_on} is {status}; {remedy}.",
    ),
)

OF_CORRECTIONS = (
    Check(
        "{corrected} AND event.id IS NULL",
        "corrects",
        "No event {corrects!r} came in an earlier file; send what is to be corrected first.",
    ),
    Check(
        "{corrected} AND event.corrects <> ''",
        "corrects",
        "{corrects!r} is a correction itself; correct {origin!r} again, the last one counts.",
    ),
    Check(
        """{corrected} AND event.corrects = ''
        AND ({kept:staged}, {day:staged}) IS DISTINCT FROM ({kept:event}, {day:event})""",
        "corrects",
        "{corrects!r} is of service {was_service!r} on {was_day}; a correction keeps service, kind "
        "and day. Correct it to 0 and send what belongs elsewhere as an event of its own.",
    ),
    Check(
        """
        SELECT staged.line, staged.event_id, staged.corrects, first.line AS first_line
          FROM staged
          JOIN (SELECT DISTINCT ON (corrects) * FROM staged WHERE corrects <> '' AND {new}
                 ORDER BY corrects, line) AS first
            ON first.corrects = staged.corrects AND first.event_id <> staged.event_id
         WHERE first.line < staged.line AND {new}""",
        "corrects",
        "Line {first_line} corrects {corrects!r} too; a file corrects an event once.",
    ),
)
