"""What a rights holder sees first."""

from django.http import HttpResponse
from django.shortcuts import render

from portal.access import HolderRequest, for_rights_holders
from royalty.selectors.statements import statements_of


@for_rights_holders
def overview(request: HolderRequest) -> HttpResponse:
    """What is owed, what changed, and which works earned most."""
    return render(request, "portal/home.html", {"statements": statements_of(request.parties)[:5]})
