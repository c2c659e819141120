"""The addresses of a person's notices."""

from django.urls import URLPattern, path

from portal.notices import views

urlpatterns: list[URLPattern] = [
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.read_all, name="notices-read"),
    path("notices/choices/", views.choices, name="notices-choices"),
    path("notices/off/<str:token>/", views.off, name="notices-off"),
    path("notices/<uuid:pk>/", views.notice, name="notice"),
]
