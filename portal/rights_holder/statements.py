"""Statements: the list of them, and one with what moved its balance and its lines."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.access import HolderRequest, for_rights_holders
from portal.rights_holder.lines_file import lines_file
from portal.tables import EXPORT, Amount, Column, Filter, Table
from portal.templatetags.figures import in_words, shown
from royalty.disputes.selectors import answered_on
from royalty.documents import LineSource
from royalty.documents.waterfall import waterfall
from royalty.models import DocumentKind, Period, Statement
from royalty.selectors.adjustments import adjustments_of
from royalty.selectors.documents import files_of
from royalty.selectors.lines import TrackText, track_texts
from royalty.selectors.statement_change import change_of
from royalty.selectors.statement_document import (
    attribution_of,
    detailed_movement_of,
    fallback_note,
    movement_of,
    payable_of,
)
from royalty.selectors.statement_lines import (
    LineList,
    LineOrder,
    TrackEarnings,
    lines_of,
    tracks_earning,
)
from royalty.selectors.statements import every_version_of, later_version, statements_of

LINES_A_PAGE = 25
TOP_TRACKS = 8
TRACKS_TO_CHOOSE_FROM = 100
MOST_CHANGES = 12
ORDERS = {
    LineOrder.LARGEST: gettext_lazy("largest amount first"),
    LineOrder.SMALLEST: gettext_lazy("smallest amount first"),
    LineOrder.WORK: gettext_lazy("work"),
    LineOrder.PIECE: gettext_lazy("generated piece"),
}
SOURCES = {source.value: source for source in LineSource}


def _payable(statement: Statement) -> Amount:
    return Amount(payable_of(statement, statement.closing_atoms), statement.currency)


STATEMENTS = Table(
    name="statements",
    caption=gettext_lazy("Statements"),
    columns=(
        Column(
            "period",
            gettext_lazy("Period"),
            sort=("period__ends_on", "period__contract__name", "party__name"),
            value=lambda row: row.period.label,
        ),
        Column("version", value=lambda row: row.version),
        Column(
            "contract",
            gettext_lazy("Contract"),
            sort=("period__contract__name", "period__ends_on"),
            value=lambda row: row.period.contract.code,
        ),
        Column(
            "party",
            gettext_lazy("For"),
            sort=("party__name", "period__ends_on"),
            value=lambda row: row.party.name,
        ),
        Column(
            "attributed",
            gettext_lazy("Attributed"),
            "number",
            sort="attributed_atoms",
            value=lambda row: Amount(row.attributed_atoms, row.currency),
        ),
        Column(
            "fallback",
            gettext_lazy("From fallback"),
            "number",
            sort="fallback_atoms",
            value=lambda row: Amount(row.fallback_atoms, row.currency),
        ),
        Column("guaranteed", value=lambda row: Amount(row.guarantee_atoms, row.currency)),
        Column(
            "payable",
            gettext_lazy("Payable"),
            "number strong",
            sort="closing_atoms",  # of which the whole minor units can be paid
            value=_payable,
        ),
        Column("currency", value=lambda row: row.currency),
    ),
    rows_a_page=24,
)


@dataclass(frozen=True)
class EarningTrack:
    """What a track earned, with its names."""

    earned: TrackEarnings
    text: TrackText


@for_rights_holders
def statements(request: HolderRequest) -> HttpResponse:
    """All statements of the organisation's parties, the newest first."""
    own = statements_of(request.parties)
    has_many = len(request.parties) > 1
    filters = _filters(own)
    table = STATEMENTS.shown(request, own, filters=filters, without=() if has_many else ("party",))
    if table.wants_file:
        return table.file()
    context = {
        "table": table,
        "rows": [(statement, movement_of(statement)) for statement in table.rows],
        "has_any": any(each.choices for each in filters),
        "many_parties": has_many,
    }
    return render(request, "portal/statements.html", context)


def _filters(own: QuerySet[Statement]) -> list[Filter]:
    contracts, periods = _choices(own)
    return [
        Filter(
            "contract",
            _("Contract"),
            lambda rows, code: rows.filter(period__contract__code=code),
            [(code, shown(name, 60)) for code, name in contracts.items()],
            nothing=_("All"),
        ),
        Filter(
            "from",
            _("Period"),
            lambda rows, day: rows.filter(period__starts_on=day),
            [(day, in_words(period)) for day, period in periods.items()],
            nothing=_("All"),
        ),
    ]


def _choices(own: QuerySet[Statement]) -> tuple[dict[str, str], dict[str, Period]]:
    """What one can filter by: contracts by code, periods by their first day."""
    contracts: dict[str, str] = {}
    periods: dict[str, Period] = {}
    of_each_period = own.order_by("period_id", "pk").distinct("period_id")
    for statement in sorted(of_each_period, key=lambda each: each.period.starts_on, reverse=True):
        period = statement.period
        contracts[period.contract.code] = period.contract.name
        periods.setdefault(period.starts_on.isoformat(), period)
    return contracts, periods


@for_rights_holders
def statement(request: HolderRequest, pk: int) -> HttpResponse:
    """A statement: what moved the balance, by which rule, through which lines."""
    found = own_statement(request, pk)
    if request.GET.get(EXPORT) == "csv":
        return lines_file(found, _asked_lines(request, found))
    adjustments, earned = adjustments_of(found), tracks_earning(found)
    movement, files = detailed_movement_of(found, adjustments), files_of(found)
    context: dict[str, Any] = {
        "statement": found,
        "movement": movement,
        "adjustments": adjustments,
        "answered": answered_on(found) if adjustments else (),
        "files": files,
        "later": later_version(found),
        "has_proof": any(file.kind == DocumentKind.PROOF for file in files),
        "bars": waterfall(movement.opening_atoms, movement.changes, movement.payable_atoms),
        "n_works": len(earned),
        "n_lines": len(lines_of(found)),
        "provenance": attribution_of(found.run),
        "how_shared": found.period.contract.allocation_sentence,
        "fallback_note": fallback_note(found.period.contract),
        "many_parties": len(request.parties) > 1,
    }
    context |= _change(found) | _lines(request, found, earned)
    return render(request, "portal/statement.html", context)


def _change(statement: Statement) -> dict[str, Any]:
    """What differs from the statement before, the largest differences one by one."""
    change = change_of(statement)
    if change is None:
        return {}
    shown, others = change.tracks[:MOST_CHANGES], change.tracks[MOST_CHANGES:]
    texts = track_texts(statement.run, {each.ref for each in shown})
    unnamed = TrackText("", "", "")
    return {
        "change": change,
        "changed_tracks": [(each, texts.get(each.ref, unnamed)) for each in shown],
        "other_change_atoms": sum(each.atoms for each in others),
    }


def _lines(
    request: HolderRequest, statement: Statement, earned: tuple[TrackEarnings, ...]
) -> dict[str, Any]:
    """The part with the lines, as the filter in the address wants them."""
    kind, track_ref = request.GET.get("kind", ""), request.GET.get("work", "")
    lines = _asked_lines(request, statement)
    offered = [
        track
        for place, track in enumerate(earned)
        if place < TRACKS_TO_CHOOSE_FROM or track.ref == track_ref
    ]
    texts = track_texts(statement.run, {track.ref for track in offered})
    tracks = [EarningTrack(track, texts[track.ref]) for track in offered]
    return {
        "tracks": tracks,
        "top_tracks": tracks[:TOP_TRACKS],
        "top_atoms": max((track.earned.atoms for track in tracks), default=0),
        "lines": lines,
        "page": Paginator(lines, LINES_A_PAGE).get_page(request.GET.get("page")),
        "kinds": list(SOURCES),
        "orders": ORDERS,
        "chosen_order": _asked_order(request),
        "file_url": f"?{_with_export(request)}",
        "chosen_kind": kind if kind in SOURCES else "",
        "chosen_work": track_ref,
    }


def _asked_lines(request: HolderRequest, statement: Statement) -> LineList:
    return lines_of(
        statement,
        source=SOURCES.get(request.GET.get("kind", "")),
        track_ref=request.GET.get("work", ""),
        order=_asked_order(request),
    )


def _asked_order(request: HolderRequest) -> LineOrder:
    asked = request.GET.get("order", "")
    return LineOrder(asked) if asked in set(LineOrder) else LineOrder.LARGEST


def _with_export(request: HolderRequest) -> str:
    asked = {name: request.GET.get(name, "") for name in ("kind", "work", "order")}
    return urlencode({name: value for name, value in asked.items() if value} | {EXPORT: "csv"})


def own_statement(request: HolderRequest, pk: int) -> Statement:
    """The statement, if it is one of the organisation's parties'; a 404 otherwise."""
    found = every_version_of(request.parties).filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such statement.")
    return found
