"""What stands of a platform's reports for a period: uses, pieces, revenue by kind."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection

from royalty.models import AllocationRun, Period
from royalty.selectors.standing import filled, last_intake_file, parameters

USES = """
WITH piece AS (SELECT generation_id, sum(count) AS uses {usage} GROUP BY generation_id)
SELECT coalesce(sum(uses), 0)::bigint, count(*) FROM piece WHERE uses > 0
"""
BY_KIND = """
SELECT kind, sum(amount_atoms)::bigint {revenue} GROUP BY kind HAVING sum(amount_atoms) > 0
"""


@dataclass(frozen=True)
class Reported:
    """Totals of the events that stand; corrected ones count as what corrected them says."""

    uses: int
    pieces: int  # that were used
    revenue_atoms: Mapping[str, int]  # by kind


def reported(period: Period, run: AllocationRun | None) -> Reported:
    """What was reported as the run saw it, or until now where there is none."""
    last_file = last_intake_file(period) if run is None else run.last_intake_file
    values = parameters(period, last_file)
    with connection.cursor() as cursor:
        cursor.execute(filled(USES), values)
        uses, pieces = cursor.fetchone()
        cursor.execute(filled(BY_KIND), values)
        return Reported(uses, pieces, dict(sorted(cursor.fetchall())))
