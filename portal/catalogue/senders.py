"""Who delivers: how their columns are read, and what they have delivered."""

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from catalog.manifest.columns import KNOWN_COLUMNS
from catalog.models import Sender, Track, Work
from catalog.quality.models import Alert, Score
from catalog.quality.selectors import score_of
from portal.access import OperatorRequest, for_operators
from portal.catalogue.deliveries import LATEST

MOST_DELIVERIES = 20
MOST_ALERTS = 10


@for_operators
def senders(request: OperatorRequest) -> HttpResponse:
    """All of them, by name."""
    found = Sender.objects.select_related("organisation").annotate(
        n_deliveries=Count("deliveries", distinct=True)
    )
    return render(request, "portal/catalogue/senders.html", {"senders": found.order_by("name")})


@for_operators
def sender(request: OperatorRequest, code: str) -> HttpResponse:
    """One of them."""
    found = get_object_or_404(Sender.objects.select_related("organisation"), code=code)
    column_of = found.column_of
    delivered = found.deliveries.select_related("made_by").order_by("-id")
    context = {
        "sender": found,
        "columns": [(ours, column_of[ours]) for ours in KNOWN_COLUMNS if ours in column_of],
        "table": LATEST.shown(request, list(delivered[:MOST_DELIVERIES])),
        "score": score_of(Score.Scope.SENDER, found.code),
        "alerts": Alert.objects.filter(sender=found, ended_at=None).order_by("-raised_at", "pk")[
            :MOST_ALERTS
        ],
        "n_tracks": Track.objects.filter(sender=found, merged_into=None).count(),
        "n_works": Work.objects.filter(sender=found, merged_into=None).count(),
    }
    return render(request, "portal/catalogue/sender.html", context)
