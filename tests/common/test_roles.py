"""The database knows two roles, and the application's is the one that owns nothing."""

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

pytestmark = pytest.mark.django_db


def test_the_application_owns_no_table_and_bypasses_nothing():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)


def test_migrate_refuses_to_make_the_application_the_owner(monkeypatch):
    same = settings.DATABASES["default"]["USER"]
    monkeypatch.setitem(settings.DATABASES["owner"], "USER", same)
    with pytest.raises(CommandError, match="Set DATABASE_OWNER_URL"):
        call_command("migrate", verbosity=0)
