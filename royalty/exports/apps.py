from django.apps import AppConfig


class ExportsConfig(AppConfig):
    """Taking one's data away (see the package's docstring)."""

    name = "royalty.exports"
    label = "exports"
