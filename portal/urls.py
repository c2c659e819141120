"""The pages' site map."""

from django.urls import URLPattern, URLResolver, include, path

from portal.design import urls as design_urls
from portal.disputes import urls as disputes_urls
from portal.home import home
from portal.notices import urls as notices_urls
from portal.platform import keys, requests, webhooks
from portal.rights_holder import claim_urls, consent_urls, documents, lines, statements, works
from portal.rights_holder import urls as rights_holder_urls
from portal.session import views as session
from portal.unclaimed import unclaimed_list

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("", include("portal.security.urls")),
    path("", include("portal.team.urls")),
    path("sign-out/", session.sign_out, name="sign-out"),
    path("act-for/", session.act_for, name="act-for"),
    path("appearance/", session.appearance, name="appearance"),
    path("language/", session.language, name="language"),
    path("statements/", statements.statements, name="statements"),
    path("statements/roots.json", documents.roots, name="statement-roots"),
    path("statements/verify_statement.py", documents.verifier, name="statement-verifier"),
    path("statements/<int:pk>/", statements.statement, name="statement"),
    path("statements/<int:pk>/<str:kind>/", documents.document, name="statement-document"),
    path("statements/<int:pk>/lines/<int:row>/", lines.line, name="line"),
    path("", include("portal.evidence.urls")),
    path("", include("portal.platform.urls")),
    path("engineer/", include("portal.engineer.urls")),
    path("catalogue/", include("portal.catalogue.urls")),
    path("", include("portal.accountant.urls")),
    *consent_urls.urlpatterns,
    *notices_urls.urlpatterns,
    *disputes_urls.urlpatterns,
    *rights_holder_urls.urlpatterns,
    path("keys/", keys.keys, name="keys"),
    path("keys/<int:pk>/", keys.key, name="key"),
    path("keys/<int:pk>/rotate/", keys.rotate, name="rotate-key"),
    path("keys/<int:pk>/revoke/", keys.revoke, name="revoke-key"),
    path("requests/", requests.requests, name="requests"),
    path("requests/<uuid:pk>/", requests.one_request, name="request"),
    path("webhooks/", webhooks.webhooks, name="webhooks"),
    path("webhooks/deliveries/<uuid:pk>/", webhooks.webhook_delivery, name="webhook-delivery"),
    path("webhooks/<uuid:pk>/", webhooks.webhook, name="webhook"),
    path("webhooks/<uuid:pk>/secret/", webhooks.webhook_secret, name="webhook-secret"),
    path("webhooks/<uuid:pk>/<slug:action>/", webhooks.webhook_action, name="webhook-action"),
    path("unclaimed/", unclaimed_list, name="unclaimed"),
    *claim_urls.urlpatterns,
    *design_urls.urlpatterns,
    path("works/", works.works, name="works"),
    path("works/<int:pk>/", works.work, name="work"),
]
