from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """Telling organisations' servers what happened (see the package's docstring)."""

    name = "accounts.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        from accounts.webhooks.services import telling  # noqa: F401 listens to jobs that finish
