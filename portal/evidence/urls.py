"""Where the evidence page is found."""

from django.urls import path

from portal.evidence import views

urlpatterns = [
    path("statements/<int:pk>/lines/<int:row>/evidence/", views.evidence, name="evidence"),
]
