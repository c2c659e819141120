"""What stands of a platform's reports about one piece: its uses and what it was sold for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection

from attribution.models import Generation
from royalty.selectors.standing import STANDS

USES = f"""
SELECT date_trunc('month', event.used_at AT TIME ZONE 'UTC')::date, sum(event.count)::bigint,
       count(DISTINCT event.subscriber)
  FROM royalty_usageevent event
 WHERE event.generation_id = %(generation)s
   AND {STANDS.format(table="royalty_usageevent")}
 GROUP BY 1 HAVING sum(event.count) > 0
"""  # noqa: S608 a condition of ours
REVENUE = f"""
SELECT date_trunc('month', event.earned_on)::date, event.currency, sum(event.amount_atoms)::bigint
  FROM royalty_revenueevent event
 WHERE event.generation_id = %(generation)s
   AND {STANDS.format(table="royalty_revenueevent")}
 GROUP BY 1, 2 HAVING sum(event.amount_atoms) > 0 ORDER BY 2
"""  # noqa: S608 a condition of ours
EVERY_FILE = 2**62  # beyond the number of any


@dataclass(frozen=True)
class Month:
    """What was reported of a piece for a month, in UTC."""

    starts_on: date
    uses: int
    subscribers: int
    revenue_atoms: Mapping[str, int]  # by currency: of this piece alone, no subscriptions


def months_of(generation: Generation) -> list[Month]:
    """The months in which a piece was used or sold, newest first; corrected events as corrected."""
    values: dict[str, UUID | int] = {"generation": generation.pk, "last_file": EVERY_FILE}
    with connection.cursor() as cursor:
        cursor.execute(USES, values)
        used = {month: (uses, people) for month, uses, people in cursor.fetchall()}
        cursor.execute(REVENUE, values)
        sold: dict[date, dict[str, int]] = {}
        for month, code, atoms in cursor.fetchall():
            sold.setdefault(month, {})[code] = atoms
    return [
        Month(month, *used.get(month, (0, 0)), sold.get(month, {}))
        for month in sorted({*used, *sold}, reverse=True)
    ]
