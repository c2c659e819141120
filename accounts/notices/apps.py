from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Telling people what happened (see the package's docstring)."""

    name = "accounts.notices"
    label = "notices"
