"""The addresses of an organisation's people."""

from django.urls import URLPattern, URLResolver, path

from portal.team import activity

urlpatterns: list[URLPattern | URLResolver] = [
    path("activity/", activity.activity, name="activity"),
    path("activity.csv", activity.activity_csv, name="activity-csv"),
]
