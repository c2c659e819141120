"""The addresses of the operator's pages about claims."""

from django.urls import URLPattern, path

from portal.catalogue import claims

urlpatterns: list[URLPattern] = [
    path("claims/", claims.claims, name="claims"),
    path("claims/new/", claims.new_claim, name="new-claim"),
    path("claims/<uuid:pk>/", claims.claim, name="claim"),
    path("claims/<uuid:pk>/<slug:action>/", claims.claim_action, name="claim-action"),
    path("claim-files/<uuid:pk>/", claims.claim_file, name="claim-file"),
    path("conflicts/<uuid:pk>/", claims.conflict, name="conflict"),
    path("conflicts/<uuid:pk>/<slug:action>/", claims.conflict_action, name="conflict-action"),
]
