"""Which role may change the schema."""

from typing import Any


class OwnerMigrates:
    """Only the owner's connection runs migrations; everything else goes through `default`."""

    def allow_migrate(self, database: str, _app_label: str, **_hints: Any) -> bool:
        return database == "owner"
