"""A database and a storage of their own for what is measured of the books."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory


@contextmanager
def own_books() -> Iterator[None]:
    """A migrated database and a storage for the time of the block; nobody is woken."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.conf import settings
    from django.test import override_settings

    from benchmarks.tenancy import own_database
    from common.database import tenancy
    from config.celery import app
    from config.embedded import ensure_servers

    ensure_servers()
    tenancy.serve_as_system()
    app.conf.update(broker_url="memory://localhost")
    with own_database(), TemporaryDirectory() as folder:
        kept = {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": folder},
        }
        with override_settings(STORAGES=settings.STORAGES | {"default": kept}):
            yield
