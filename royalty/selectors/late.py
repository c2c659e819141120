"""Late events: what was reported for closed periods and no run has accounted for yet."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from catalog.models import Platform
from royalty.models import EventKind, Period

# What a run of the period has seen is accounted for, and so is what an event of a file that it has
# seen corrected. Corrections are counted as what they say, not as what they change.
WAITING = """
SELECT period.id, count(*), count(nullif(event.corrects, '')), sum(event.{amount}),
       min(file.received_at)
  FROM {table} event
  JOIN royalty_intakefile file ON file.id = event.intake_file_id
  JOIN royalty_contract contract
    ON contract.platform_id = event.platform_id AND contract.service = event.service
  JOIN royalty_period period
    ON period.contract_id = contract.id
   AND period.starts_on <= (event.{day})::date AND (event.{day})::date < period.ends_on
 WHERE event.is_late AND event.platform_id = ANY (%(platforms)s)
   AND event.intake_file_id > coalesce(
       (SELECT last_intake_file FROM royalty_allocationrun run
         WHERE run.period_id = period.id ORDER BY id DESC LIMIT 1), 0)
 GROUP BY period.id
"""
KINDS = {
    EventKind.USAGE: {
        "table": "royalty_usageevent",
        "amount": "count",
        "day": "used_at AT TIME ZONE 'UTC'",
    },
    EventKind.REVENUE: {
        "table": "royalty_revenueevent",
        "amount": "amount_atoms",
        "day": "earned_on",
    },
}


@dataclass(frozen=True)
class LateEvents:
    """Late events of one kind that wait for their closed period to be restated."""

    period: Period
    kind: EventKind
    event_count: int
    correction_count: int
    amount: int  # uses, or atoms in the contract's currency, as the events say them
    since: datetime

    @property
    def sentence(self) -> str:
        """What waits, for how long, and what to do."""
        money = self.period.contract.money
        said = (
            f"{self.amount:,} uses"
            if self.kind is EventKind.USAGE
            else f"{money.format_atoms(self.amount)} {money.code}"
        )
        corrections = f", {self.correction_count} of them corrections" * bool(self.correction_count)
        return (
            f"{self.period}: {self.event_count:,} late events of {self.kind.value}{corrections}, "
            f"saying {said}, since {self.since:%Y-%m-%d}; restate the period to account for them."
        )


def late_events(platform: Platform | None = None) -> list[LateEvents]:
    """What waits, the earliest period first; of one platform or of all that are seen."""
    platforms = Platform.objects.all() if platform is None else [platform]
    found: list[LateEvents] = []
    with connection.cursor() as cursor:
        for kind, words in KINDS.items():
            cursor.execute(WAITING.format(**words), {"platforms": [each.pk for each in platforms]})
            rows = cursor.fetchall()
            periods = Period.objects.select_related("contract").in_bulk([row[0] for row in rows])
            found += [LateEvents(periods[row[0]], kind, *row[1:]) for row in rows]
    return sorted(found, key=lambda each: (each.period.starts_on, each.period.pk, each.kind))
