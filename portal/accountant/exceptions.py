"""The queue of exceptions: everything that holds money or waits for a person, to work through."""

from collections import Counter
from operator import itemgetter

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.access import OperatorRequest, for_operators
from portal.accountant.troubles import Kind, Trouble, troubles, waiting
from portal.tables import Amount, Column, Filter, Table

Row = tuple[Trouble, int | None]  # with its age in days


def _kind(row: Row) -> str:
    return str(row[0].kind.label)


def _amount(trouble: Trouble) -> Amount | None:
    return (
        None
        if trouble.atoms is None or not trouble.currency
        else Amount(trouble.atoms, trouble.currency)
    )


def _of_kind(rows: list[Row], kind: str) -> list[Row]:
    return [row for row in rows if row[0].kind == kind]


TABLE = Table(
    name="exceptions",
    caption=gettext_lazy("Exceptions"),
    columns=(
        Column("what", gettext_lazy("What"), value=lambda row: row[0].sentence),
        Column("kind", gettext_lazy("Kind"), sort=_kind, value=lambda row: row[0].kind.value),
        Column(
            "amount",
            gettext_lazy("Amount"),
            "number strong",
            sort=lambda row: row[0].atoms,
            value=lambda row: _amount(row[0]),
        ),
        Column("currency", value=lambda row: row[0].currency),
        Column("age_days", gettext_lazy("Days"), "number", itemgetter(1), itemgetter(1)),
        Column("owner", gettext_lazy("Owner"), value=lambda row: row[0].owner),
    ),
    start="-amount",
)


@for_operators
def exceptions(request: OperatorRequest) -> HttpResponse:
    """All kinds or one; what holds most comes first, unless another order is asked for."""
    day = timezone.localdate()
    found = troubles(day)
    counts = Counter(each.kind for each in found)
    kinds = [(each.value, f"{each.label} ({counts[each]})") for each in Kind if counts[each]]
    rows = [(each, each.age_days(day)) for each in found]
    table = TABLE.shown(request, rows, filters=[Filter("kind", _("Kind"), _of_kind, kinds)])
    if table.wants_file:
        return table.file()
    held: Counter[str] = Counter()
    for each, _days in table.found:
        if each.atoms and each.kind != Kind.RELEASE:  # which is among what is held
            held[each.currency] += each.atoms
    context = {
        "table": table,
        "rows": table.rows,
        "held": sorted(held.items()),
        "waiting": waiting(day),
    }
    return render(request, "portal/accountant/exceptions.html", context)
