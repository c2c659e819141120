from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The pages."""

    name = "portal"

    def ready(self) -> None:
        from portal.security import freshness  # noqa: F401 listens to people who sign in
