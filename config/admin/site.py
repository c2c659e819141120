"""The admin's site: for the operator's own people and nobody else.

Whoever acts for another organisation, or is no member of staff, finds nothing here. The database
asks the same question again: only the operator's tenant sees everything.
"""

from collections.abc import Callable
from typing import Any, cast

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.sites import UnfoldAdminSite

from accounts.models import Organisation
from config.admin.dashboard import figures

# Its pages are scripted by expressions in attributes (Alpine) and style themselves.
POLICY = {
    "default-src": [NONE],
    "script-src": [SELF, UNSAFE_EVAL, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "font-src": [SELF],
    "connect-src": [SELF],
    "form-action": [SELF],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
}

View = Callable[..., HttpResponse]


class OperatorSite(UnfoldAdminSite):  # type: ignore[misc]
    """One way in: the portal's sign-in, with its guard against guessing."""

    index_title = "Overview"
    index_template = "admin/overview.html"

    def has_permission(self, request: HttpRequest) -> bool:
        organisation: Organisation | None = getattr(request, "organisation", None)
        return (
            request.user.is_active
            and request.user.is_staff
            and organisation is not None
            and organisation.kind == Organisation.Kind.OPERATOR
        )

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        inner: View = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            self._hide_from_others(request)
            return inner(request, *args, **kwargs)

        return cast(View, csp_replace(POLICY)(guarded))

    def login(self, request: HttpRequest, _extra_context: Any = None) -> HttpResponse:
        self._hide_from_others(request)
        index = reverse("admin:index", current_app=self.name)
        if self.has_permission(request):
            return HttpResponseRedirect(index)
        return redirect_to_login(request.GET.get("next") or index, reverse("sign-in"))

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"figures": figures(), **(extra_context or {})}
        response: HttpResponse = super().index(request, context)
        return response

    def _hide_from_others(self, request: HttpRequest) -> None:
        if request.user.is_authenticated and not self.has_permission(request):
            raise Http404("The admin is for the operator's own people.")
