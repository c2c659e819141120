from django.apps import AppConfig


class UploadsConfig(AppConfig):
    """Files that are sent in parts (see the package's docstring)."""

    name = "common.uploads"
    label = "uploads"
