from django.apps import AppConfig


class DatabaseConfig(AppConfig):
    """Two roles on one database: the owner migrates, the application works."""

    name = "common.database"
    label = "database"
