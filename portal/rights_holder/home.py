"""What a rights holder sees first: what is owed, what changed, which works earned most."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render

from catalog.claims.selectors.conflicts import open_conflicts_of
from catalog.models import Work
from portal.access import HolderRequest, for_rights_holders
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


@for_rights_holders
def overview(request: HolderRequest) -> HttpResponse:
    """The first page; where there is no statement yet, what will be here."""
    standings = standings_of(request.parties)
    top_works = _top_works(standings)
    context = {
        "standings": standings,
        "totals": totals_of(request.parties, standings),
        "latest": statements_of(request.parties)[:LATEST_STATEMENTS],
        "top_works": top_works,
        "top_atoms": max((top.earned.atoms for top in top_works), default=0),
        "many_parties": len(request.parties) > 1,
        "conflict_count": open_conflicts_of(request.organisation).count(),
    }
    return render(request, "portal/home.html", context)


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
