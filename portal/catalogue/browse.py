"""What is in the catalogue: works, tracks and parties, searched and leafed through."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from catalog.models import Track
from portal.access import OperatorRequest, for_operators

ROWS_A_PAGE = 50


@for_operators
def browse(request: OperatorRequest) -> HttpResponse:
    """The tracks, by title."""
    tracks = Track.objects.select_related("work").order_by("title", "pk")
    page = Paginator(tracks, ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "portal/catalogue/browse.html", {"page": page})
