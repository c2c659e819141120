from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Durable jobs (see the package's docstring)."""

    name = "common.jobs"
    label = "jobs"
