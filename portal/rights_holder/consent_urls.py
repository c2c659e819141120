"""Where rights holders read and say what their tracks may be used for."""

from django.urls import URLPattern, path

from portal.rights_holder import consent

urlpatterns: list[URLPattern] = [
    path("consent/", consent.consent, name="consent"),
    path("consent/confirm/", consent.confirm, name="consent-confirm"),
    path("consent/say/", consent.say, name="consent-say"),
    path("consent/history/", consent.history, name="consent-history"),
    path("consent/statement.json", consent.statement, name="consent-statement"),
]
