from django.apps import AppConfig


class QualityConfig(AppConfig):
    """Data quality (see the package's docstring)."""

    name = "catalog.quality"
    label = "quality"

    def ready(self) -> None:
        from catalog.quality import suspicions  # noqa: F401  it registers its rules
