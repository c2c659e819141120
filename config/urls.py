"""The site map."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from common.api import documentation

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("config.api_urls")),
    path("api/problems", documentation.problem_kinds, name="problem-kinds"),
    path("api/problems/<slug:slug>", documentation.problem_kind, name="problem-kind"),
    path("api/reference", documentation.reference, name="api-reference"),
    path("admin/", admin.site.urls),
    path("", include("portal.urls")),
]

handler400 = "portal.errors.bad_request"
handler403 = "portal.errors.forbidden"
handler404 = "portal.errors.not_found"
handler500 = "portal.errors.server_error"
