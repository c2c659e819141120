"""What a platform's people see first: what they sent, and how far it is."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.middleware import ActingRequest
from attribution.models import Generation
from attribution.selectors.attributions import standings
from royalty.models import IntakeFile

LATEST = 20


def overview(request: ActingRequest) -> HttpResponse:
    """The last pieces with their attribution, and the last files of usage and revenue.

    `portal.home` sees to who may come here.
    """
    platform = getattr(request.organisation, "platform", None)
    generations = list(
        Generation.objects.filter(platform=platform)
        .select_related("model_version", "arrival_run")
        .order_by("-created_at", "-pk")[:LATEST]
    )
    how_far = standings(generations)
    files = IntakeFile.objects.filter(platform=platform).order_by("-received_at", "-pk")[:LATEST]
    context = {
        "platform": platform,
        "pieces": [(piece, how_far[piece.pk]) for piece in generations],
        "files": files,
    }
    return render(request, "portal/platform_home.html", context)
