"""Who may see a platform's pages: signed in, and acting for one."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache

from accounts.middleware import ActingRequest
from accounts.models import Organisation
from accounts.roles import Act
from catalog.models import Platform
from portal.access import check

Arguments = ParamSpec("Arguments")


class PlatformRequest(ActingRequest):
    """A request of somebody who acts for a platform."""

    organisation: Organisation


def for_platforms(
    view: Callable[Concatenate[PlatformRequest, Arguments], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """A page for members of a platform; no browser or proxy keeps it. Who posts is a manager.

    Others are told so by a 403, or by a 404 where the address names one thing: whether it exists
    is not theirs to know.
    """

    @never_cache
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        organisation = cast(ActingRequest, request).organisation
        if organisation is None or organisation.kind != Organisation.Kind.PLATFORM:
            if kwargs:
                raise Http404
            raise PermissionDenied("This page is for platforms.")
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            check(request, Act.PROGRAMS)
        return view(cast(PlatformRequest, request), *args, **kwargs)

    return guarded


def platform_of(request: PlatformRequest) -> Platform | None:
    """The platform that the organisation's people act for; none before one is connected."""
    return getattr(request.organisation, "platform", None)


def own_platform(request: PlatformRequest) -> Platform:
    """The same, for a page about one of its things. Raises Http404 before one is connected."""
    platform = platform_of(request)
    if platform is None:
        raise Http404
    return platform
