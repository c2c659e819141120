"""The end of a year, in good order; and the same year without any disorder."""

import re
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random

from royalty.models import PeriodRoot, Statement
from royalty.services import periods
from royalty.services.intake import IntakeRefused
from tests.simulation import chaos
from tests.simulation import year as steps
from tests.simulation.plan import REPORTED, Plan
from tests.simulation.year import Year

END = datetime(2027, 1, 20, 9, tzinfo=UTC)
FILES = 3
REFUSED = re.compile("nothing to restate|had no revenue|reverse the release first")


def finish(year: Year) -> None:
    """Send what is still wanted, close the reported months, and post what changed since."""
    year.now = END
    reported = year.months[: len(REPORTED)]
    for period in reported:
        period.refresh_from_db()
        if period.status in ("computed", "reviewed"):
            periods.reopen_period(period=period)
    for _ in ("events", "what corrects them"):
        for kind in ("usage", "revenue"):
            _send_the_rest(year, kind)
    settle_months(year)
    for period in reported:
        restated = chaos.attempt(partial(steps.correct, year, period, year.months[-1], END))
        assert not isinstance(restated, Exception) or REFUSED.search(str(restated)), restated


def settle_months(year: Year) -> None:
    """Ann computes, Ben reviews, Ann closes what is not closed yet."""
    world = year.world
    for period in year.months[: len(REPORTED)]:
        period.refresh_from_db()
        if period.status != "closed":
            periods.compute_period(period=period, user=world.ann, as_of=END)
            periods.review_period(period=period, user=world.ben, as_of=END)
            periods.close_period(period=period, user=world.ann, as_of=END)


def replay(plan: Plan, of: Year, folder: Path) -> Year:
    """The same events and changes without any disorder, in another order and other files."""
    folder.mkdir()
    year, rng = steps.begin(plan, folder), Random(plan.seed + 1)
    for sale in of.changes.sales:
        assert steps.apply_sale(year.world, sale) == sale
    for number, found in of.changes.attributions:
        steps.attribute_anew(year.world, found, number)
    for kind, known in of.accepted.items():
        for which in ("first", "corrected"):
            lines = [line for line in known.values() if ("corrects" in line) == (which != "first")]
            rng.shuffle(lines)
            for at in range(FILES):
                if part := lines[at::FILES]:
                    steps.send(year, kind, part, f"{which}-{kind}{at}.ndjson")
        year.accepted[kind] = known
    return year


def stated(year: Year) -> list[tuple[object, ...]]:
    """Every statement's amounts and every root."""
    amounts = ("opening", "attributed", "fallback", "adjustment", "settled", "closing")
    columns = ("period__starts_on", "party__ref", *(f"{name}_atoms" for name in amounts))
    rows = Statement.objects.order_by("period__starts_on", "party__ref").values_list(*columns)
    roots = PeriodRoot.objects.order_by("period__starts_on")
    return [*rows, *roots.values_list("period__starts_on", "root_sha256", "chain_sha256")]


def _send_the_rest(year: Year, kind: str) -> None:
    """What waits is sent; lines of closed months come late, or stay refused."""
    waiting = year.waiting(kind)
    if waiting:
        name, is_late = f"last-{kind}-{len(waiting)}.ndjson", year.takes_late
        sent = chaos.attempt(lambda: steps.send(year, kind, waiting, name, is_late=is_late))
        if isinstance(sent, IntakeRefused) and not is_late:
            assert "is closed" in str(sent), sent
        else:
            year.accepted[kind] |= {line["event_id"]: line for line in sent}
