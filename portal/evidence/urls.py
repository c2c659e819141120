"""Where the evidence page is found."""

from django.urls import path

from portal.evidence import views

LINE = "statements/<int:pk>/lines/<int:row>"
urlpatterns = [
    path(f"{LINE}/evidence/", views.evidence, name="evidence"),
    path(f"{LINE}/evidence/<str:side>/file/", views.evidence_file, name="evidence-file"),
    path(
        f"{LINE}/evidence/<str:side>/spectrogram.png",
        views.evidence_spectrogram,
        name="evidence-spectrogram",
    ),
]
