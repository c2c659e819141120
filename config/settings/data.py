"""Where data lives: PostgreSQL under two roles, files under one folder."""

from typing import Any

from psycopg.conninfo import conninfo_to_dict

from config.embedded.places import places
from config.environment import environment


def database(url: str) -> dict[str, Any]:
    """Django's description of the database that a PostgreSQL address names."""
    parts = conninfo_to_dict(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": "10"}
        | {key: value for key, value in parts.items() if value is not None},
    }


# The application works through `default`, whose role owns nothing; `owner` is for `migrate` alone.
DATABASES = {
    "default": {
        **database(environment().database_url or places().application_url),
        "ATOMIC_REQUESTS": True,  # views run in a savepoint of the request's transaction
    },
    "owner": database(
        environment().database_owner_url or environment().database_url or places().owner_url
    ),
}
DATABASE_ROUTERS = ["common.database.routers.OwnerMigrates"]

HOME = environment().home
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(HOME / "storage")},
    },
    "staticfiles": {
        # Names with a hash may be kept for ever; while developing, files are served as they lie.
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if environment().debug
        else "config.static_storage.HashedFiles"
    },
}
# Feature stores are memory-mapped, so they are a folder, not an object storage.
FEATURE_STORE_ROOT = HOME / "features"
MODEL_ROOT = HOME / "models"
# Files that are sent in parts, until something was made of them.
UPLOAD_ROOT = HOME / "uploads"

# Whose exchange rates convert what platforms report in other currencies.
RATE_SOURCE = "ECB"
