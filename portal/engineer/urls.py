"""Where the engineers' pages are found."""

from django.urls import path

from portal.engineer import agreement, models, quality, runs

app_name = "engineer"
urlpatterns = [
    path("", models.models, name="models"),
    path("models/<int:pk>/", models.model, name="model"),
    path("models/<int:pk>/training-set/", models.training_set, name="training-set"),
    path(
        "models/<int:pk>/training-set/<slug:kind>/",
        models.training_set_file,
        name="training-set-file",
    ),
    path("runs/", runs.runs, name="runs"),
    path("runs/<uuid:pk>/", quality.run, name="run"),
    path("compare/", agreement.compare, name="compare"),
    path("jobs/<uuid:pk>/retry/", runs.retry_job, name="retry"),
]
