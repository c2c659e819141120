"""The page on which one's own browser verifies the proof of a statement."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from portal.access import HolderRequest, for_rights_holders
from portal.rights_holder.statements import own_statement
from royalty.models import DocumentKind
from royalty.selectors.documents import files_of


@for_rights_holders
def verify(request: HolderRequest) -> HttpResponse:
    """With `statement` in the address its files are offered; others come from one's disk."""
    asked = request.GET.get("statement", "")
    if asked and not (asked.isdecimal() and len(asked) < len(str(1 << 63))):
        raise Http404
    statement = own_statement(request, int(asked)) if asked else None
    files = [] if statement is None else files_of(statement)
    has_proof = any(file.kind == DocumentKind.PROOF for file in files)
    context = {"statement": statement, "has_proof": has_proof}
    return render(request, "portal/rights_holder/verify.html", context)
