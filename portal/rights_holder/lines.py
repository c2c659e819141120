"""One line of a statement, explained from the platform's revenue to the coin."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from portal.access import HolderRequest, for_rights_holders
from portal.rights_holder.chain import chain_of
from portal.rights_holder.origin import ending_of, origin_of
from portal.rights_holder.statements import own_statement
from royalty.selectors.explanations import explained_line
from royalty.selectors.statement_document import attribution_of
from royalty.selectors.statement_lines import NoLineError


@for_rights_holders
def line(request: HolderRequest, pk: int, row: int) -> HttpResponse:
    """How one line came to its amount, such that it can be checked with a calculator."""
    statement = own_statement(request, pk)
    try:
        explained = explained_line(statement, row)
    except NoLineError as error:
        raise Http404(str(error)) from error
    context = {
        "statement": statement,
        "row": row,
        "line": explained.line,
        "origin": origin_of(statement),
        "chain": chain_of(statement, explained),
        "ending": ending_of(statement, explained.line.atoms),
        "provenance": attribution_of(statement.run),
    }
    return render(request, "portal/line.html", context)
