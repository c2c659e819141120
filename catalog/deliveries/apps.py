from django.apps import AppConfig


class DeliveriesConfig(AppConfig):
    """Files about works and tracks (see the package's docstring)."""

    name = "catalog.deliveries"
    label = "deliveries"
