"""Pages about the API: what each kind of problem means, and the reference."""

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


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """The reference, drawn in the browser from the API's own description."""
    return render(request, "api/reference.html")
