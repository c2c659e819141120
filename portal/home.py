"""The first page, which differs with for whom one acts."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.middleware import ActingRequest
from accounts.models import Organisation
from portal.rights_holder.home import overview as rights_holder_overview

OVERVIEWS = {Organisation.Kind.RIGHTS_HOLDER: rights_holder_overview}


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The overview for the organisation that one acts for; without one, what to do about it."""
    organisation = cast(ActingRequest, request).organisation
    if organisation is None:
        return render(request, "portal/no_organisation.html")
    return OVERVIEWS[Organisation.Kind(organisation.kind)](request)
