"""The addresses of objections to amounts."""

from django.urls import URLPattern, path

from portal.disputes import views

urlpatterns: list[URLPattern] = [
    path("disputes/", views.disputes, name="disputes"),
    path("disputes/<uuid:pk>/", views.dispute, name="dispute"),
    path("disputes/<uuid:pk>/<slug:action>/", views.dispute_action, name="dispute-action"),
    path("dispute-files/<uuid:pk>/", views.dispute_file, name="dispute-file"),
    path("statements/<int:pk>/lines/<int:row>/dispute/", views.new_dispute, name="new-dispute"),
]
