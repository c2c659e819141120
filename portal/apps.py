from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The pages."""

    name = "portal"
