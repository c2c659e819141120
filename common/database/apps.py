from django.apps import AppConfig


class DatabaseConfig(AppConfig):
    """Two roles on one database: the owner migrates, the application works for one tenant."""

    name = "common.database"
    label = "database"

    def ready(self) -> None:
        from common.database import tenancy  # noqa: F401 introduces every connection
