"""Statements: the list, one of them, its lines, and its documents."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from portal.access import HolderRequest, for_rights_holders
from royalty.models import Statement
from royalty.selectors.statements import statements_of


@for_rights_holders
def statements(request: HolderRequest) -> HttpResponse:
    """All statements of the organisation's parties, the newest first."""
    return render(request, "portal/statements.html", {"statements": statements_of(request.parties)})


@for_rights_holders
def statement(request: HolderRequest, pk: int) -> HttpResponse:
    """A statement: what moved the balance, by which rule, through which lines."""
    return render(request, "portal/statement.html", {"statement": own_statement(request, pk)})


@for_rights_holders
def line(request: HolderRequest, pk: int, row: int) -> HttpResponse:
    """How one line came to its amount."""
    context = {"statement": own_statement(request, pk), "row": row}
    return render(request, "portal/line.html", context)


def own_statement(request: HolderRequest, pk: int) -> Statement:
    """The statement, if it is one of the organisation's parties'; a 404 otherwise."""
    found = statements_of(request.parties).filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such statement.")
    return found
