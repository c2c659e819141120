"""Statements: the list of them, and one with what moved its balance and its lines."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from portal.access import HolderRequest, for_rights_holders
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
)
from royalty.selectors.statement_lines import LineOrder, TrackEarnings, lines_of, tracks_earning
from royalty.selectors.statements import every_version_of, later_version, statements_of

STATEMENTS_A_PAGE = 24
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


@dataclass(frozen=True)
class EarningTrack:
    """What a track earned, with its names."""

    earned: TrackEarnings
    text: TrackText


@for_rights_holders
def statements(request: HolderRequest) -> HttpResponse:
    """All statements of the organisation's parties, the newest first."""
    own = statements_of(request.parties)
    contracts, periods = _choices(own)
    contract, since = request.GET.get("contract", ""), request.GET.get("from", "")
    if contract:
        own = own.filter(period__contract__code=contract) if contract in contracts else own.none()
    if since:
        own = own.filter(period__starts_on=since) if since in periods else own.none()
    page = Paginator(own, STATEMENTS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(statement, movement_of(statement)) for statement in page],
        "contracts": contracts,
        "periods": periods,
        "chosen_contract": contract,
        "chosen_period": since,
        "many_parties": len(request.parties) > 1,
    }
    return render(request, "portal/statements.html", context)


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
    offered = [
        track
        for place, track in enumerate(earned)
        if place < TRACKS_TO_CHOOSE_FROM or track.ref == track_ref
    ]
    texts = track_texts(statement.run, {track.ref for track in offered})
    tracks = [EarningTrack(track, texts[track.ref]) for track in offered]
    asked = request.GET.get("order", "")
    order = LineOrder(asked) if asked in set(LineOrder) else LineOrder.LARGEST
    lines = lines_of(statement, source=SOURCES.get(kind), track_ref=track_ref, order=order)
    return {
        "tracks": tracks,
        "top_tracks": tracks[:TOP_TRACKS],
        "top_atoms": max((track.earned.atoms for track in tracks), default=0),
        "lines": lines,
        "page": Paginator(lines, LINES_A_PAGE).get_page(request.GET.get("page")),
        "kinds": list(SOURCES),
        "orders": ORDERS,
        "chosen_order": order,
        "chosen_kind": kind if kind in SOURCES else "",
        "chosen_work": track_ref,
    }


def own_statement(request: HolderRequest, pk: int) -> Statement:
    """The statement, if it is one of the organisation's parties'; a 404 otherwise."""
    found = every_version_of(request.parties).filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such statement.")
    return found
