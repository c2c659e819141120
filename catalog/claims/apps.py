from django.apps import AppConfig


class ClaimsConfig(AppConfig):
    """Claims and conflicts (see the package's docstring)."""

    name = "catalog.claims"
    label = "claims"
