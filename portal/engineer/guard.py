"""Who may see an engineer's pages: a platform's people for its models, the operator's for all."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_noop
from django_htmx.middleware import HtmxDetails

from accounts.middleware import ActingRequest
from accounts.models import Organisation
from attribution.models import AttributionRun
from catalog.models import ModelVersion
from portal.access import acts_for, guard


class EngineerRequest(ActingRequest):
    """A request of somebody who acts for a platform, or for the operator."""

    organisation: Organisation
    htmx: HtmxDetails


for_engineers = guard(
    acts_for(Organisation.Kind.PLATFORM, Organisation.Kind.OPERATOR),
    gettext_noop("This page is for the engineers of platforms."),
)


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
