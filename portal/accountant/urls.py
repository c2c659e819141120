"""The accountant's pages; the names are `accountant:...`."""

from django.urls import URLPattern, path

from portal.accountant import closing, periods

app_name = "accountant"
urlpatterns: list[URLPattern] = [
    path("close/", periods.periods, name="periods"),
    path("close/<int:pk>/", periods.period, name="period"),
    path("close/<int:pk>/step/<slug:name>/", closing.step, name="step"),
    path("close/<int:pk>/notices/", closing.tell_again, name="tell-again"),
]
