"""What a platform's people see first: how it is doing, what they sent, and how far it is."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.middleware import ActingRequest
from attribution.models import Generation
from attribution.selectors.attributions import standings
from portal.platform.health import health_of
from royalty.models import IntakeFile

LATEST = 20


def overview(request: ActingRequest) -> HttpResponse:
    """What needs attention, the last pieces with their attribution, and the last files of events.

    `portal.home` sees to who may come here.
    """
    organisation = request.organisation
    assert organisation is not None  # or `portal.home` would not lead here
    platform = getattr(organisation, "platform", None)
    generations = list(
        Generation.objects.filter(platform=platform)
        .select_related("model_version", "arrival_run")
        .order_by("-created_at", "-pk")[:LATEST]
    )
    how_far = standings(generations)
    files = IntakeFile.objects.filter(platform=platform).order_by("-received_at", "-pk")[:LATEST]
    now = timezone.now()
    context = {
        "platform": platform,
        "health": health_of(organisation, platform, now) if platform else None,
        "now": now,
        "pieces": [(piece, how_far[piece.pk]) for piece in generations],
        "files": files,
    }
    return render(request, "portal/platform_home.html", context)
