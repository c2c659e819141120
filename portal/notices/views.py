"""What a person was told, and of which kinds they want e-mails."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.middleware import ActingRequest
from accounts.models import Organisation, User
from accounts.notices.models import ALWAYS_MAILED, Kind
from accounts.notices.selectors import kinds_off, notices_of
from accounts.notices.services import choose, mark_read, said_by_token, switch_off

NOTICES_A_PAGE = 40
Arguments = ParamSpec("Arguments")


class MemberRequest(ActingRequest):
    """A request of somebody who acts for an organisation."""

    user: User
    organisation: Organisation


def for_members(
    view: Callable[Concatenate[MemberRequest, Arguments], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Whoever acts for nobody is sent to the first page, which says what to do about it."""

    @never_cache
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if cast(ActingRequest, request).organisation is None:
            if kwargs:
                raise Http404
            return redirect("home")
        return view(cast(MemberRequest, request), *args, **kwargs)

    return guarded


@require_safe
@for_members
def notices(request: MemberRequest) -> HttpResponse:
    """All of them, the newest first."""
    own = notices_of(request.user, request.organisation)
    off = kinds_off(request.user)
    context = {
        "page": Paginator(own, NOTICES_A_PAGE).get_page(request.GET.get("page")),
        "kinds": [(kind, kind not in off) for kind in Kind if kind not in ALWAYS_MAILED],
    }
    return render(request, "portal/notices/list.html", context)


@require_safe
@for_members
def notice(request: MemberRequest, pk: UUID) -> HttpResponse:
    """To the page that tells more, which counts as read; asking twice changes nothing."""
    found = notices_of(request.user, request.organisation).filter(pk=pk).first()
    if found is None:
        raise Http404
    mark_read([found], timezone.now())
    return redirect(found.link)


@require_POST
@for_members
def read_all(request: MemberRequest) -> HttpResponse:
    """Counts all of them as read."""
    mark_read(notices_of(request.user, request.organisation), timezone.now())
    return redirect("notices")


@require_POST
@for_members
def choices(request: MemberRequest) -> HttpResponse:
    """Keeps of which kinds e-mails come: those that are ticked."""
    ticked = set(request.POST.getlist("kind"))
    choose(request.user, [kind for kind in Kind if kind not in ticked])
    messages.success(request, _("Your choice is kept. What concerns security is always mailed."))
    return redirect("notices")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def off(request: HttpRequest, token: str) -> HttpResponse:
    """Switches e-mails of a kind off by the link in one; a button, since programs follow links."""
    said = said_by_token(token)
    if said is None:
        raise Http404
    user_id, kind = said
    if request.method == "POST":
        switch_off(user_id, kind)
    context = {"kind": kind, "is_done": request.method == "POST"}
    return render(request, "portal/notices/off.html", context)
