"""Who may see an engineer's pages: a platform's people for its models, the operator's for all."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django_htmx.middleware import HtmxDetails

from accounts.middleware import ActingRequest
from accounts.models import Organisation
from attribution.models import AttributionRun
from catalog.models import ModelVersion

Arguments = ParamSpec("Arguments")
KINDS = (Organisation.Kind.PLATFORM, Organisation.Kind.OPERATOR)


class EngineerRequest(ActingRequest):
    """A request of somebody who acts for a platform, or for the operator."""

    organisation: Organisation
    htmx: HtmxDetails


def for_engineers(
    view: Callable[Concatenate[EngineerRequest, Arguments], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """A page about models; no browser or proxy keeps it.

    Others are told so by a 403, or by a 404 where the address names one thing: whether it exists
    is not theirs to know.
    """

    @never_cache
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        organisation = cast(ActingRequest, request).organisation
        if organisation is None or organisation.kind not in KINDS:
            if kwargs:
                raise Http404
            raise PermissionDenied("This page is for the engineers of platforms.")
        return view(cast(EngineerRequest, request), *args, **kwargs)

    return guarded


def own_versions(request: EngineerRequest) -> QuerySet[ModelVersion]:
    """The model versions that the request may look at."""
    return ModelVersion.objects.filter(**_own(request, "")).select_related("platform")


def own_runs(request: EngineerRequest) -> QuerySet[AttributionRun]:
    """The runs of attribution by those."""
    own = _own(request, "feature_store__model_version__")
    return AttributionRun.objects.filter(**own).select_related(
        "feature_store__model_version__platform", "feature_store__training_set"
    )


def _own(request: EngineerRequest, path: str) -> dict[str, Any]:
    if request.organisation.kind == Organisation.Kind.OPERATOR:
        return {}
    return {f"{path}platform__organisation": request.organisation}
