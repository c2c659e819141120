"""Pages about the API: what each kind of problem means, and the reference."""

from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common.api.problems import KINDS


@require_safe
def problem_kinds(request: HttpRequest) -> HttpResponse:
    """All kinds of problems."""
    kinds = sorted(KINDS.values(), key=lambda kind: (kind.status, kind.slug))
    return render(request, "api/problems.html", {"kinds": kinds})


@require_safe
def problem_kind(request: HttpRequest, slug: str) -> HttpResponse:
    """One kind: where the `type` of a problem document leads."""
    if slug not in KINDS:
        raise Http404
    return render(request, "api/problem.html", {"kind": KINDS[slug]})


# Redoc styles its parts from its script, and searches in a worker that it makes itself.
@require_safe
@csp_update({"style-src": [UNSAFE_INLINE], "worker-src": ["blob:"]})
def reference(request: HttpRequest) -> HttpResponse:
    """The reference, drawn in the browser from the API's own description."""
    return render(request, "api/reference.html")
