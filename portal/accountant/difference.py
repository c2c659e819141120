"""A period beside the one before it, by party, by track and by contract: the biggest moves first.

Figures are derived from the runs, as `royalty.selectors.preview` does; sums of parties and of
tracks are the same to the atom, because each line that pays a party counts in both.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Track
from common.money import Currency
from common.spreadsheets import defused
from portal.access import OperatorRequest, for_operators
from portal.accountant.periods import period_or_404
from royalty.apportionment import SnapshotError
from royalty.documents.preview import preview_csv
from royalty.models import Period
from royalty.selectors.preview import earned_by_track, preview_of, previous_period
from royalty.selectors.runs import NoRunError, current_run, current_runs

ROWS_A_PAGE = 50
KINDS = {
    "party": gettext_lazy("Parties"),
    "track": gettext_lazy("Tracks"),
    "contract": gettext_lazy("Contracts"),
}
SORTS = {
    "move": gettext_lazy("biggest move first"),
    "now": gettext_lazy("largest now"),
    "before": gettext_lazy("largest before"),
    "name": gettext_lazy("name"),
}
MOVES = {
    "up": gettext_lazy("more than before"),
    "down": gettext_lazy("less than before"),
    "new": gettext_lazy("new"),
    "gone": gettext_lazy("nothing now"),
}


@dataclass(frozen=True)
class Row:
    """Something that earned in either period, in atoms."""

    ref: str
    name: str
    before_atoms: int
    now_atoms: int
    why: str = ""

    @property
    def difference_atoms(self) -> int:
        return self.now_atoms - self.before_atoms

    def moved(self, how: str) -> bool:
        """Whether it is among those that moved so; any move is, where none is named."""
        return {
            "up": self.difference_atoms > 0,
            "down": self.difference_atoms < 0,
            "new": self.before_atoms == 0,
            "gone": self.now_atoms == 0,
        }.get(how, True)


@for_operators
def difference(request: OperatorRequest, pk: int) -> HttpResponse:
    """The table, as it was asked for, with the totals of what it shows."""
    period = period_or_404(pk)
    asked = _asked(request)
    context = {
        "period": period,
        "previous": previous_period(period),
        "asked": asked,
        "kinds": KINDS,
        "sorts": SORTS,
        "moves": MOVES,
        "money": period.contract.money,
    }
    try:
        rows = _chosen(_rows(period, asked), asked)
    except (NoRunError, SnapshotError) as error:
        return render(request, "portal/accountant/difference.html", context | {"fault": str(error)})
    before_atoms, now_atoms = (
        sum(getattr(row, name) for row in rows) for name in ("before_atoms", "now_atoms")
    )
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    if asked["by"] == "track":
        page.object_list = _titled(list(page.object_list))
    totals = Row("", "", before_atoms, now_atoms)
    return render(
        request, "portal/accountant/difference.html", context | {"page": page, "totals": totals}
    )


@for_operators
def difference_csv(request: OperatorRequest, pk: int) -> HttpResponse:
    """All rows to the atom; of parties with all that explains them."""
    period = period_or_404(pk)
    by = _asked(request)["by"]
    try:
        content = (
            preview_csv(preview_of(period))
            if by == "party"
            else _csv(_rows(period, {"by": by, "sort": "name"}), period.contract.money)
        )
    except (NoRunError, SnapshotError) as error:
        raise Http404(str(error)) from error
    name = f"difference-{period.contract.code}-{period.label}-{by}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


def _asked(request: OperatorRequest) -> dict[str, str]:
    known: Mapping[str, Mapping[str, object]] = {"by": KINDS, "sort": SORTS, "move": MOVES}
    said = {name: request.GET.get(name, "") for name in known}
    asked = {name: value if value in known[name] else "" for name, value in said.items()}
    asked["by"], asked["sort"] = asked["by"] or "party", asked["sort"] or "move"
    return asked | {"q": request.GET.get("q", "").strip()[:100]}


def _chosen(rows: Sequence[Row], asked: Mapping[str, str]) -> list[Row]:
    wanted = asked["q"].casefold()
    found = [
        row
        for row in rows
        if row.moved(asked["move"]) and (wanted in row.name.casefold() or wanted == row.ref)
    ]
    orders = {
        "move": lambda row: (-abs(row.difference_atoms), row.ref),
        "now": lambda row: (-row.now_atoms, row.ref),
        "before": lambda row: (-row.before_atoms, row.ref),
        "name": lambda row: (row.name.casefold(), row.ref),
    }
    return sorted(found, key=orders[asked["sort"]])


def _rows(period: Period, asked: Mapping[str, str]) -> list[Row]:
    """All rows; tracks have their titles only where rows are sought or ordered by them."""
    rows = {"party": _parties, "track": _tracks, "contract": _contracts}[asked["by"]](period)
    by_title = asked["by"] == "track" and (asked.get("q") or asked["sort"] == "name")
    return _titled(rows) if by_title else rows


def _parties(period: Period) -> list[Row]:
    preview = preview_of(period)
    return [
        Row(
            each.party_ref,
            each.party_name,
            each.before.earned_atoms,
            each.now.earned_atoms,
            preview.why(each),
        )
        for each in preview.changes
    ]


def _tracks(period: Period) -> list[Row]:
    """What parties earn through each track, under its ref alone; see `_titled`."""
    now = earned_by_track(current_run(period))
    previous = previous_period(period)
    before = {} if previous is None else earned_by_track(current_run(previous))
    return [
        Row(ref, ref, before.get(ref, 0), now.get(ref, 0)) for ref in now.keys() | before.keys()
    ]


def _titled(rows: Sequence[Row]) -> list[Row]:
    """Rows of tracks under their titles; what no track brought stands in one row."""
    refs = [row.ref for row in rows]
    titles = dict(Track.objects.filter(ref__in=refs).values_list("ref", "title"))
    titles[""] = _("without a track")
    return [replace(row, name=titles.get(row.ref, row.ref)) for row in rows]


def _contracts(period: Period) -> list[Row]:
    """The pools of all contracts in the currency whose periods have this one's last day."""
    same = Period.objects.filter(
        contract__currency=period.contract.currency,
        starts_on__lte=period.last_day,
        ends_on__gt=period.last_day,
    ).select_related("contract")
    pairs = [(each, previous_period(each)) for each in same]
    runs = current_runs([each for pair in pairs for each in pair if each is not None])

    def pool(of: Period | None) -> int:
        run = None if of is None else runs.get(of.pk)
        return 0 if run is None else run.pool_atoms + run.guarantee_atoms

    return [
        Row(now.contract.code, now.contract.name, pool(before), pool(now)) for now, before in pairs
    ]


def _csv(rows: Sequence[Row], money: Currency) -> bytes:
    """RFC 4180, UTF-8, amounts to the atom."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("ref", "name", "currency", "before", "now", "difference"))
    for row in sorted(rows, key=lambda row: (-abs(row.difference_atoms), row.ref)):
        amounts = (row.before_atoms, row.now_atoms, row.difference_atoms)
        written = (money.format_atoms(atoms, money.atom_decimals) for atoms in amounts)
        writer.writerow((defused(row.ref), defused(row.name), money.code, *written))
    return text.getvalue().encode()
