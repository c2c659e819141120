"""The works of a rights holder: who holds them, and what they earned."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from catalog.history import changes_of
from catalog.models import ANYWHERE_ELSE, Party, Right
from catalog.owners import Split, split_of
from catalog.selectors import OwnWork, described_works, works_of
from portal.access import HolderRequest, for_rights_holders
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
        return sum(each.line_count for each in self.earned.values())


@for_rights_holders
def works(request: HolderRequest) -> HttpResponse:
    """The works, those that earned most first, then by title."""
    sought = request.GET.get("q", "").replace("\0", "").strip()
    earnings = earnings_by_work(statements_of(request.parties))
    found = works_of(request.parties).filter(merged_into=None)
    if sought:
        found = found.filter(title__icontains=sought)
    titles = list(found.order_by("title", "ref").values_list("pk", flat=True))
    titles.sort(key=lambda pk: -_largest_atoms(earnings.get(pk, {})))  # stable: then by title
    page = Paginator(titles, WORKS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": _rows(list(page), request.parties, earnings),
        "sought": sought,
        "currencies": sorted({code for by_code in earnings.values() for code in by_code}),
    }
    return render(request, "portal/works.html", context)


def _rows(
    work_ids: list[int], parties: list[Party], earnings: dict[int, Earnings]
) -> list[WorkRow]:
    return [
        WorkRow(own, own.part_ppm(parties), earnings.get(own.work.pk, {}))
        for own in described_works(work_ids, on=timezone.localdate())
    ]


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
