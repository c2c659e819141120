"""Consent: what may be done with a rights holder's tracks, and saying so. Nothing is said before a
page has told what follows from it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.audit import recorded_by
from accounts.models import User
from accounts.roles import Act
from catalog.api.consents import statement_of
from catalog.models import Consent, ModelVersion, Party, Right, Track, Use
from catalog.selectors import TrainedModel, said_for, trained_on
from catalog.services.consents import (
    Saying,
    SayingRefused,
    What,
    agree,
    lift,
    parts_of,
    states_of,
    tell_holders,
    tracks_held_by,
    what_lacks_to_agree,
    withdraw,
)
from portal.access import HolderRequest, for_rights_holders, rights_holders_may_post, who_may
from portal.rights_holder.consent_form import AGREE, LIFT, WITHDRAW, ConsentForm

TRACKS_A_PAGE = 25
WORDS_A_PAGE = 50
NAMED = 10


@dataclass(frozen=True)
class Plan:
    """What will be said, of which tracks, and what keeps the others out."""

    asked: Mapping[str, Any]
    parts: dict[Party, list[Track]]
    left_out: list[tuple[Track, str]]

    @property
    def tracks(self) -> list[Track]:
        return list({track.pk: track for own in self.parts.values() for track in own}.values())


@for_rights_holders
def consent(request: HolderRequest) -> HttpResponse:
    """The tracks with what holds for each, and the form by which something is said about them."""
    today = timezone.localdate()
    sought = request.GET.get("q", "").replace("\0", "").strip()[:200]
    found = _sought(tracks_held_by(request.parties, on=today), sought)
    page = Paginator(found.order_by("title", "ref"), TRACKS_A_PAGE).get_page(
        request.GET.get("page")
    )
    tracks = list(page)
    context = {
        "page": page,
        "rows": states_of(tracks, request.parties, on=today),
        "sought": sought,
        "form": ConsentForm(None, _models(request.parties, today)),
        "trained": trained_on(tracks),
    }
    return render(request, "portal/consent.html", context)


@for_rights_holders
def confirm(request: HolderRequest) -> HttpResponse:
    """What would follow from what was filled in; nothing is said yet."""
    if not request.GET:
        return redirect("consent")
    form = _form(request, request.GET)
    plan = _plan(request.parties, form.cleaned_data) if form.is_valid() else None
    context = {
        "form": form,
        "plan": plan,
        "what": form.data.get("what"),
        "trained": _trained(plan) if plan else [],
        "named": plan.tracks[:NAMED] if plan else [],
        "left_out": plan.left_out[:NAMED] if plan else [],
    }
    return render(request, "portal/consent_confirm.html", context, status=200 if plan else 422)


@rights_holders_may_post
@who_may(Act.RIGHTS)
def say(request: HolderRequest) -> HttpResponse:
    """Says it, for every party that has a part."""
    form = _form(request, request.POST)
    if not form.is_valid():
        context = {"form": form, "plan": None, "what": form.data.get("what")}
        return render(request, "portal/consent_confirm.html", context, status=422)
    try:
        count = _say(request, _plan(request.parties, form.cleaned_data))
    except SayingRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("consent")
    sentence = _sentence(What(form.cleaned_data["what"]), count)
    recorded_by(request, "consent.said", sentence)
    messages.success(request, sentence)
    return redirect("consent")


@for_rights_holders
def history(request: HolderRequest) -> HttpResponse:
    """Everything that was said about the tracks, by whomever, the newest first."""
    rows = said_for(request.parties).select_related("track", "model_version").order_by("-pk")
    page = Paginator(rows, WORDS_A_PAGE).get_page(request.GET.get("page"))
    own = {party.pk for party in request.parties}
    context = {"page": page, "rows": [(row, _speaker(row, own)) for row in page]}
    return render(request, "portal/consent_history.html", context)


@for_rights_holders
def statement(request: HolderRequest) -> HttpResponse:
    """All of it as a file for machines, as the API gives it page by page."""
    rows = said_for(request.parties).select_related("track__work", "track__asset", "model_version")
    document = {
        "format": "tantieme-consent-statement/1",
        "parties": [
            {"ref": each.ref, "name": each.name, "ipi_name": each.ipi_name, "isni": each.isni}
            for each in request.parties
        ],
        "statements": statement_of(rows.order_by("pk"), request.parties),
    }
    return HttpResponse(
        json.dumps(document, indent=1, ensure_ascii=False),
        content_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="consent-statement.json"'},
    )


def _sought(tracks: QuerySet[Track], sought: str) -> QuerySet[Track]:
    if not sought:
        return tracks
    return tracks.filter(
        Q(title__icontains=sought) | Q(work__title__icontains=sought) | Q(isrc__iexact=sought)
    )


def _models(parties: Sequence[Party], today: date) -> list[ModelVersion]:
    """The models that can be named: those that were trained on these tracks."""
    tracks = tracks_held_by(parties, on=today)
    return [each.model_version for each in trained_on(tracks)]


def _form(request: HolderRequest, data: QueryDict) -> ConsentForm:
    """From boxes that were ticked in the list, or from what the page of consequences remembers."""
    filled = data.copy()
    if chosen := data.getlist("track"):
        filled["tracks"] = ",".join(chosen)
    return ConsentForm(filled, _models(request.parties, timezone.localdate()))


def _plan(parties: list[Party], asked: Mapping[str, Any]) -> Plan:
    tracks = tracks_held_by(parties, on=asked["since"])
    if not asked["everything"]:
        tracks = tracks.filter(pk__in=asked["tracks"])
    found = list(tracks.order_by("title", "ref"))
    right = Right(asked["right"])
    parts = parts_of(parties, found, right, on=asked["since"])
    have_part = {track.pk for own in parts.values() for track in own}
    left_out = [
        (track, _("you have no part in its %(right)s.") % {"right": _(right.value)})
        for track in found
        if track.pk not in have_part
    ]
    if asked["what"] == AGREE:
        lacking = what_lacks_to_agree(
            [track for track in found if track.pk in have_part],
            right,
            parties,
            on=asked["since"],
        )
        left_out += [(track, lacking[track.pk]) for track in found if track.pk in lacking]
        parts = {
            party: [track for track in own if track.pk not in lacking]
            for party, own in parts.items()
        }
    return Plan(asked, parts, left_out)


def _trained(plan: Plan) -> list[TrainedModel]:
    model = plan.asked["model"]
    found = trained_on(plan.tracks)
    return [each for each in found if model is None or each.model_version == model]


@transaction.atomic
def _say(request: HolderRequest, plan: Plan) -> int:
    """Says it; of how many tracks something changed."""
    asked, today, by = plan.asked, timezone.localdate(), cast(User, request.user)
    reason, count = asked["reason"], 0
    for party, tracks in plan.parts.items():
        saying = Saying(
            party, Right(asked["right"]), Use(asked["use"]), asked["model"], asked["since"]
        )
        if asked["what"] == WITHDRAW:
            count += withdraw(tracks=tracks, saying=saying, today=today, reason=reason, by=by)
        elif asked["what"] == LIFT:
            count += lift(tracks=tracks, saying=saying, today=today, by=by)
        else:
            count += agree(
                tracks=tracks,
                saying=saying,
                parties=request.parties,
                today=today,
                reason=reason,
                by=by,
            )
    tell_holders(plan.parts, What(asked["what"]), count, asked["since"], by)
    return count


def _sentence(what: What, count: int) -> str:
    said = {
        What.WITHDRAW: ngettext("Forbidden for %d track.", "Forbidden for %d tracks.", count),
        What.LIFT: ngettext("Taken back for %d track.", "Taken back for %d tracks.", count),
        What.AGREE: ngettext("Agreed for %d track.", "Agreed for %d tracks.", count),
    }
    return said[what] % count


def _speaker(row: Consent, own: set[int]) -> str:
    if row.party_id is None:
        return _("with a delivery (%(basis)s)") % {"basis": row.basis}
    if row.party_id in own:
        return _("by you (%(basis)s)") % {"basis": row.basis}
    return _("by another holder")
