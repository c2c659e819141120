"""The events of a period that stand: those that no later file corrected.

Of several corrections of an event the last one stands. What stands is asked as of a file of the
platform, so that closed books can be held against what was known when they were made.
"""

from datetime import UTC, date, datetime, time
from typing import Any

from django.db import connection
from django.db.models import Max

from royalty.models import IntakeFile, Period

Parameters = dict[str, Any]

# A correction names an event of an earlier file, never a correction (the database sees to it).
STANDS = """
NOT EXISTS (SELECT FROM {table} correction
             WHERE correction.platform_id = event.platform_id AND correction.corrects <> ''
               AND correction.corrects = coalesce(nullif(event.corrects, ''), event.event_id)
               AND correction.intake_file_id > event.intake_file_id
               AND correction.intake_file_id <= %(last_file)s)
"""
USAGE = f"""
  FROM royalty_usageevent event
 WHERE platform_id = %(platform)s AND service = %(service)s
   AND used_at >= %(starts_at)s AND used_at < %(ends_at)s
   AND intake_file_id <= %(last_file)s
   AND {STANDS.format(table="royalty_usageevent")}
"""
REVENUE = f"""
  FROM royalty_revenueevent event
 WHERE platform_id = %(platform)s AND service = %(service)s
   AND earned_on >= %(starts_on)s AND earned_on < %(ends_on)s
   AND intake_file_id <= %(last_file)s
   AND {STANDS.format(table="royalty_revenueevent")}
"""
TOTALS = """
SELECT (SELECT coalesce(sum(count), 0) {usage}), (SELECT coalesce(sum(amount_atoms), 0) {revenue})
"""


def reported_totals(period: Period, last_file: int) -> tuple[int, int]:
    """(uses, gross atoms) that stand for a period in the platform's files up to a number."""
    with connection.cursor() as cursor:
        cursor.execute(filled(TOTALS), parameters(period, last_file))
        uses, gross_atoms = cursor.fetchone()
    return int(uses), int(gross_atoms)


def last_intake_file(period: Period) -> int:
    """The number of the platform's last file, 0 if it sent none.

    Files of a platform are numbered one after the other, and events of a period wait for whoever
    holds its row: with that row locked, later files are those that bring what is not known yet.
    """
    files = IntakeFile.objects.filter(platform=period.contract.platform_id)
    return int(files.aggregate(last=Max("pk", default=0))["last"])


def midnight(day: date) -> datetime:
    """The instant at which a day begins, in UTC."""
    return datetime.combine(day, time(), tzinfo=UTC)


def parameters(period: Period, last_file: int) -> Parameters:
    return {
        "platform": period.contract.platform_id,
        "service": period.contract.service,
        "starts_on": period.starts_on,
        "ends_on": period.ends_on,
        "starts_at": midnight(period.starts_on),
        "ends_at": midnight(period.ends_on),
        "last_file": last_file,
    }


def filled(query: str) -> str:
    """The query with what stands of the period's events."""
    return query.replace("{usage}", USAGE).replace("{revenue}", REVENUE)
