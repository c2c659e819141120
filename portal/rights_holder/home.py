"""What a rights holder sees first: what is owed, what changed, which works earned most."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from catalog.claims.selectors.conflicts import open_conflicts_of
from catalog.models import Work
from portal.access import HolderRequest, for_rights_holders
from royalty.models import AccountKind
from royalty.selectors.balance import balances_of, on_their_way
from royalty.selectors.calendar import span_end
from royalty.selectors.obstacles import obstacles_of
from royalty.selectors.statements import Standing, standings_of, statements_of, totals_of
from royalty.selectors.works import Earned, earnings_by_work

LATEST_STATEMENTS = 5
TOP_WORKS = 5


@dataclass(frozen=True)
class TopWork:
    """A work with what it earned in the last periods."""

    work: Work
    currency: str
    earned: Earned


@dataclass(frozen=True)
class NextStatement:
    """Which days the next statement under a contract is about, and from when it is computed."""

    contract: str
    starts_on: date
    last_day: date
    expected_on: date


@for_rights_holders
def overview(request: HolderRequest) -> HttpResponse:
    """The first page; where there is no statement yet, what will be here."""
    standings = standings_of(request.parties)
    top_works = _top_works(standings)
    context = {
        "standings": standings,
        "totals": totals_of(request.parties, standings),
        "latest": statements_of(request.parties)[:LATEST_STATEMENTS],
        "on_their_way": on_their_way(request.parties) if standings else {},
        "reserves": balances_of(request.parties, AccountKind.PARTY_RESERVE) if standings else {},
        "obstacles": obstacles_of(standings, timezone.localdate()) if standings else [],
        "next_statements": _next_statements(standings),
        "top_works": top_works,
        "top_atoms": max((top.earned.atoms for top in top_works), default=0),
        "many_parties": len(request.parties) > 1,
        "conflict_count": open_conflicts_of(request.organisation).count(),
    }
    return render(request, "portal/home.html", context)


def _next_statements(standings: Collection[Standing]) -> list[NextStatement]:
    """One for each contract that goes on, the earliest first."""
    found: dict[int, NextStatement] = {}
    for standing in standings:
        period = standing.latest.period
        contract, starts_on = period.contract, period.ends_on
        if contract.valid_until is not None and starts_on >= contract.valid_until:
            continue
        ends_on = span_end(contract, starts_on)
        following = NextStatement(
            contract=contract.name,
            starts_on=starts_on,
            last_day=ends_on - timedelta(days=1),
            expected_on=ends_on + timedelta(days=contract.reporting_days),
        )
        earlier = found.get(contract.pk)
        if earlier is None or earlier.starts_on < starts_on:
            found[contract.pk] = following
    return sorted(found.values(), key=lambda each: (each.expected_on, each.contract))


def _top_works(standings: list[Standing]) -> list[TopWork]:
    """The works that earned most in the last period of each account."""
    earnings = earnings_by_work(standing.latest for standing in standings)
    rows = [
        (pk, code, earned) for pk, by_code in earnings.items() for code, earned in by_code.items()
    ]
    rows.sort(key=lambda row: (-row[2].atoms, row[0]))
    works = Work.objects.in_bulk([pk for pk, _, _ in rows[:TOP_WORKS]])
    return [
        TopWork(works[pk], code, earned) for pk, code, earned in rows[:TOP_WORKS] if pk in works
    ]
