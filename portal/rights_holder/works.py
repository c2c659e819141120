"""The works of a rights holder: who holds them, and what they earned."""

from dataclasses import dataclass
from functools import partial

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.history import changes_of
from catalog.models import ANYWHERE_ELSE, Party, Right, Work
from catalog.owners import Split, split_of
from catalog.selectors import OwnWork, described_works, works_of
from portal.access import HolderRequest, for_rights_holders
from portal.tables import Amount, Column, Filter, Table
from royalty.selectors.statements import statements_of
from royalty.selectors.works import Earnings, earnings_by_work, pieces_through

WORKS_A_PAGE = 25
PIECES_SHOWN = 50
CHANGES_SHOWN = 50


@dataclass(frozen=True)
class WorkRow:
    """A work in the list, with what its holders earned by it in each currency."""

    own: OwnWork
    part_ppm: int
    earned: Earnings

    @property
    def line_count(self) -> int:
        return _line_count(self.earned)


@for_rights_holders
def works(request: HolderRequest) -> HttpResponse:
    """The works, those that earned most first, then by title."""
    sought = request.GET.get("q", "").replace("\0", "").strip()
    earnings = earnings_by_work(statements_of(request.parties))
    codes = sorted({code for by_code in earnings.values() for code in by_code})
    found = works_of(request.parties).filter(merged_into=None).order_by("title", "ref")
    table = _table(earnings, codes).shown(
        request,
        list(found.values_list("pk", "title")),  # by title, where they earned the same
        filters=[Filter("q", _("Title"), lambda rows, text: _titled(found, text))],
        details=lambda rows: _rows([pk for pk, _title in rows], request.parties, earnings),
    )
    if table.wants_file:
        return table.file()
    context = {
        "table": table,
        "sought": sought,
        "rows": table.rows,
    }
    return render(request, "portal/works.html", context)


def _table(earnings: dict[int, Earnings], codes: list[str]) -> Table:
    """The works; the file has a column for what each earned in each currency."""
    return Table(
        name="works",
        caption=_("Your works"),
        columns=(
            Column("ref", value=lambda row: row.own.work.ref),
            Column(
                "work",
                _("Work"),
                sort=lambda work: work[1].casefold(),
                value=lambda row: row.own.work.title,
            ),
            Column("share_ppm", _("You hold"), "number", value=lambda row: row.part_ppm),
            Column("tracks", _("Tracks"), "number", value=lambda row: len(row.own.tracks)),
            Column(
                "lines",
                _("Attributed lines"),
                "number",
                sort=lambda work: _line_count(earnings.get(work[0], {})),
                value=lambda row: row.line_count,
            ),
            Column(
                "earned",
                _("Earned so far"),
                "number strong",
                sort=lambda work: _largest_atoms(earnings.get(work[0], {})),
            ),
            *(Column(f"earned_{code}", value=partial(_earned, code)) for code in codes),
        ),
        start="-earned",
        rows_a_page=WORKS_A_PAGE,
    )


def _titled(found: QuerySet[Work], text: str) -> list[tuple[int, str]]:
    return list(found.filter(title__icontains=text).values_list("pk", "title"))


def _earned(code: str, row: WorkRow) -> Amount | None:
    earned = row.earned.get(code)
    return None if earned is None else Amount(earned.atoms, code)


def _rows(
    work_ids: list[int], parties: list[Party], earnings: dict[int, Earnings]
) -> list[WorkRow]:
    return [
        WorkRow(own, own.part_ppm(parties), earnings.get(own.work.pk, {}))
        for own in described_works(work_ids, on=timezone.localdate())
    ]


def _line_count(earned: Earnings) -> int:
    return sum(each.line_count for each in earned.values())


def _largest_atoms(earned: Earnings) -> int:
    return max((each.atoms for each in earned.values()), default=0)


@for_rights_holders
def work(request: HolderRequest, pk: int) -> HttpResponse:
    """A work: its splits, its tracks, and the generated pieces that it was found to have shaped."""
    if not works_of(request.parties).filter(pk=pk).exists():
        raise Http404("There is no such work.")
    (own,) = described_works([pk], on=timezone.localdate())
    statements = list(statements_of(request.parties))
    pieces, n_pieces = pieces_through(statements, own.tracks, limit=PIECES_SHOWN)
    context = {
        "own": own,
        "earned": earnings_by_work(statements).get(pk, {}),
        "pieces": pieces,
        "n_pieces": n_pieces,
        "parties": request.parties,
        "split": _split(own),
        "credits": own.work.credits.select_related("party").order_by("role", "party__name"),
        "history": changes_of(own.work)[:CHANGES_SHOWN],
    }
    return render(request, "portal/work.html", context)


def _split(own: OwnWork) -> Split:
    """Whether the composition's shares add up, wherever no share is for some countries alone."""
    return split_of(
        share.share_ppm
        for share in own.shares
        if share.right == Right.COMPOSITION and ANYWHERE_ELSE in share.territory
    )
