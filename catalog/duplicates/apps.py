from django.apps import AppConfig


class DuplicatesConfig(AppConfig):
    """Finding and merging what is in the catalogue twice (see the package's docstring)."""

    name = "catalog.duplicates"
    label = "duplicates"
