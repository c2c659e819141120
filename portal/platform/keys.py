"""A platform's keys: making, rotating and ending them. A secret is shown once, as it is made."""

from datetime import timedelta
from typing import cast

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.audit import recorded_by
from accounts.models import ApiKey, Scope, User
from accounts.services.keys import (
    IssuedKey,
    KeyNotMade,
    create_key,
    has_ended,
    lifetime_again,
    revoke_key,
    rotate_key,
)
from portal.platform.guard import PlatformRequest, for_platforms
from portal.platform.key_forms import KeyForm, RotationForm


@require_http_methods(["GET", "HEAD", "POST"])
@for_platforms
def keys(request: PlatformRequest) -> HttpResponse:
    """The keys, and the form for another one."""
    form = KeyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return _shown_once(request, _made(request, form))
        except KeyNotMade as refusal:
            form.add_error("networks", str(refusal))
    now = timezone.now()
    found = _own(request).select_related("replaces").order_by("-pk")
    context = {"keys": [(key, has_ended(key, now)) for key in found], "form": form}
    return render(request, "portal/keys.html", context)


@require_safe
@for_platforms
def key(request: PlatformRequest, pk: int) -> HttpResponse:
    """One key: what it may do, how it was used, and how to replace or end it."""
    found = get_object_or_404(_own(request).select_related("replaces", "created_by"), pk=pk)
    context = {
        "key": found,
        "scopes": [Scope(scope).label for scope in found.scopes],
        "has_ended": has_ended(found, timezone.now()),
        "successor": found.successors.filter(revoked_at=None).first(),
        "form": RotationForm(),
    }
    return render(request, "portal/key.html", context)


@require_POST
@for_platforms
def rotate(request: PlatformRequest, pk: int) -> HttpResponse:
    """Makes the key that replaces one, and shows its secret."""
    old = get_object_or_404(_own(request), pk=pk)
    form, now = RotationForm(request.POST), timezone.now()
    if not form.is_valid():
        messages.error(request, "Say for how many hours the old key goes on, from 0 to 168.")
        return redirect("key", pk)
    try:
        issued = rotate_key(
            key=old,
            as_of=now,
            overlap=timedelta(hours=form.cleaned_data["hours"]),
            created_by=cast(User, request.user),
            lasts_until=lifetime_again(old, now),
        )
    except KeyNotMade as refusal:
        messages.error(request, str(refusal))
        return redirect("key", pk)
    recorded_by(request, "key.rotated", f"{old} by {issued.row.prefix}")
    return _shown_once(request, issued)


@require_POST
@for_platforms
def revoke(request: PlatformRequest, pk: int) -> HttpResponse:
    """Ends a key at once."""
    found = get_object_or_404(_own(request), pk=pk)
    revoke_key(key=found, as_of=timezone.now())
    recorded_by(request, "key.revoked", str(found))
    messages.success(request, f"{found.prefix} is revoked; it opens nothing any more.")
    return redirect("keys")


def _own(request: PlatformRequest) -> QuerySet[ApiKey]:
    return ApiKey.objects.filter(organisation=request.organisation)


def _made(request: PlatformRequest, form: KeyForm) -> IssuedKey:
    wanted = form.cleaned_data
    days = wanted["days"]
    made = create_key(
        organisation=request.organisation,
        name=wanted["name"],
        scopes=[Scope(scope) for scope in wanted["scopes"]],
        created_by=cast(User, request.user),
        expires_at=timezone.now() + timedelta(days=days) if days is not None else None,
        networks=wanted["networks"],
    )
    recorded_by(request, "key.made", str(made.row))
    return made


def _shown_once(request: PlatformRequest, issued: IssuedKey) -> HttpResponse:
    """The answer to the very request that made the key: it is kept nowhere to be shown later."""
    return render(request, "portal/key_made.html", {"key": issued.row, "text": issued.text})
