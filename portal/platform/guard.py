"""Who may see a platform's pages: signed in, and acting for one."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_noop

from accounts.middleware import ActingRequest
from accounts.models import Organisation
from accounts.roles import Act
from catalog.models import Platform
from portal.access import acts_for, check, guard

Arguments = ParamSpec("Arguments")


class PlatformRequest(ActingRequest):
    """A request of somebody who acts for a platform."""

    organisation: Organisation


def for_platforms(
    view: Callable[Concatenate[PlatformRequest, Arguments], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """A page for members of a platform; who posts is a manager."""

    @guard(acts_for(Organisation.Kind.PLATFORM), gettext_noop("This page is for platforms."))
    @wraps(view)
    def guarded(request: PlatformRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            check(request, Act.PROGRAMS)
        return view(request, *args, **kwargs)

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
