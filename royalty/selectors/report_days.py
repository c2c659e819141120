"""A platform's reports by day, and in which periods the lines of a file count."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from royalty.models import AllocationRun, EventKind, Period, SentFile
from royalty.selectors.standing import filled, last_intake_file, parameters

USES_BY_DAY = """
SELECT (event.used_at AT TIME ZONE 'UTC')::date, sum(event.count)::bigint,
       count(*) FILTER (WHERE event.is_late)
{usage} GROUP BY 1
"""
REVENUE_BY_DAY = """
SELECT event.earned_on, event.kind, sum(event.amount_atoms)::bigint,
       count(*) FILTER (WHERE event.is_late)
{revenue} GROUP BY 1, 2
"""
# Events of a file are found by the days of the periods that may have taken them, since there is no
# index by file: those that nobody computed from earlier files alone; any, for what came late.
FILE_USES = """
SELECT period.id, count(*) FROM royalty_period period
  JOIN royalty_contract contract ON contract.id = period.contract_id
  JOIN royalty_usageevent event ON event.platform_id = contract.platform_id
   AND event.service = contract.service
   AND event.used_at >= period.starts_on::timestamp AT TIME ZONE 'UTC'
   AND event.used_at < period.ends_on::timestamp AT TIME ZONE 'UTC'
"""
FILE_REVENUE = """
SELECT period.id, count(*) FROM royalty_period period
  JOIN royalty_contract contract ON contract.id = period.contract_id
  JOIN royalty_revenueevent event ON event.platform_id = contract.platform_id
   AND event.service = contract.service
   AND event.earned_on >= period.starts_on AND event.earned_on < period.ends_on
"""
OF_FILE = " WHERE contract.platform_id = %(platform)s AND event.intake_file_id = %(file)s AND "
IN_TIME = """
NOT event.is_late AND (period.status <> 'closed' OR EXISTS (
    SELECT FROM royalty_allocationrun run
     WHERE run.period_id = period.id AND run.last_intake_file >= %(file)s))
"""
LATE = "event.is_late"
BY_PERIOD = " GROUP BY period.id"
_TABLES = {EventKind.USAGE: FILE_USES, EventKind.REVENUE: FILE_REVENUE}


@dataclass
class Day:
    """What stands of the reports for a day; corrected events count as corrected."""

    on: date
    uses: int = 0
    late: int = 0  # events that came when the day's period was closed
    revenue_atoms: dict[str, int] = field(default_factory=dict)  # by kind


@dataclass(frozen=True)
class Counted:
    """How many lines of a file count in a period, on time or late."""

    period: Period
    lines: int
    is_late: bool


def days_of(period: Period, run: AllocationRun | None) -> list[Day]:
    """The days of a period that were reported of, in their order: as its run saw them, or until
    now where there is none."""
    last_file = last_intake_file(period) if run is None else run.last_intake_file
    values = parameters(period, last_file)
    days: dict[date, Day] = {}
    with connection.cursor() as cursor:
        cursor.execute(filled(USES_BY_DAY), values)
        for on, uses, late in cursor.fetchall():
            days[on] = Day(on, uses, late)
        cursor.execute(filled(REVENUE_BY_DAY), values)
        for on, kind, atoms, late in cursor.fetchall():
            day = days.setdefault(on, Day(on))
            day.revenue_atoms[kind] = atoms
            day.late += late
    return [days[on] for on in sorted(days)]


def counted_in(sent: SentFile) -> list[Counted]:
    """The periods in which the lines of a file count that were new in it, the earliest first."""
    if sent.file is None:
        return []
    values = {"platform": sent.platform_id, "file": sent.file_id}
    query = _TABLES[EventKind(sent.kind)] + OF_FILE
    found = [(pk, lines, False) for pk, lines in _rows(query + IN_TIME + BY_PERIOD, values)]
    if sent.is_late:
        found += [(pk, lines, True) for pk, lines in _rows(query + LATE + BY_PERIOD, values)]
    periods = Period.objects.select_related("contract").in_bulk([pk for pk, _, _ in found])
    counted = [Counted(periods[pk], lines, is_late) for pk, lines, is_late in found]
    return sorted(counted, key=lambda each: (each.period.starts_on, each.period.pk, each.is_late))


def _rows(query: str, values: Mapping[str, int | None]) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        rows: list[tuple[int, int]] = cursor.fetchall()
        return rows
