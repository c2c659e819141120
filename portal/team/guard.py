"""Who sees the pages of an organisation's people: whoever belongs to it, and not its delegates."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.middleware import ActingRequest
from accounts.models import Organisation, User

Arguments = ParamSpec("Arguments")


class MemberRequest(ActingRequest):
    """A request of somebody who belongs to the organisation that they act for."""

    organisation: Organisation
    user: User


def for_members(
    view: Callable[Concatenate[MemberRequest, Arguments], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Others are told so by a 403, or by a 404 where the address names one thing."""

    @never_cache
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        acting = cast(ActingRequest, request)
        if acting.organisation is None or acting.delegate is not None:
            if kwargs:
                raise Http404
            raise PermissionDenied(_("This page is for people who belong to the organisation."))
        return view(cast(MemberRequest, request), *args, **kwargs)

    return guarded
