from django.apps import AppConfig


class ApiConfig(AppConfig):
    """What every API resource shares."""

    name = "common.api"
    label = "api"
