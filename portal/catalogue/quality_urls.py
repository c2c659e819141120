"""The pages about how good the catalogue's data is."""

from django.urls import URLPattern, URLResolver, path

from portal.catalogue import quality

urlpatterns: list[URLPattern | URLResolver] = [
    path("", quality.dashboard, name="quality"),
    path("findings/", quality.findings, name="quality-findings"),
    path("findings/<int:pk>/", quality.finding, name="quality-finding"),
    path("findings/<int:pk>/decide/", quality.decide, name="quality-decide"),
    path("monitors/", quality.monitors, name="quality-monitors"),
    path("alerts/<int:pk>/", quality.acknowledge_alert, name="quality-acknowledge"),
    path("outliers/", quality.odd_tracks, name="quality-outliers"),
]
