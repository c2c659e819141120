"""The first page, which differs with for whom one acts."""

from collections.abc import Callable, Mapping
from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.middleware import ActingRequest
from accounts.models import Organisation
from portal.operator.home import overview as operator_overview
from portal.platform.home import overview as platform_overview
from portal.rights_holder.home import overview as rights_holder_overview

OVERVIEWS: Mapping[str, Callable[..., HttpResponseBase]] = {
    Organisation.Kind.RIGHTS_HOLDER: rights_holder_overview,
    Organisation.Kind.PLATFORM: platform_overview,
    Organisation.Kind.OPERATOR: operator_overview,
}


@never_cache
@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """The overview for the organisation that one acts for; without one, what to do about it."""
    organisation = cast(ActingRequest, request).organisation
    if organisation is None:
        return render(request, "portal/no_organisation.html")
    return OVERVIEWS[organisation.kind](request)
