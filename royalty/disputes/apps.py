from django.apps import AppConfig


class DisputesConfig(AppConfig):
    """Objections to amounts (see the package's docstring)."""

    name = "royalty.disputes"
    label = "disputes"
