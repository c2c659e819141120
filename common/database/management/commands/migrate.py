"""`migrate`, run as the role that owns the tables and granting the application what it needs."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import connections
from psycopg import sql

# New tables are readable and writable by the application; a migration that makes an append-only
# table takes rights away again with REVOKE.
GRANTS = """
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {application};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {application};
GRANT USAGE ON SCHEMA public TO {application};
"""


class Command(migrate.Command):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        owner, application = (settings.DATABASES[alias]["USER"] for alias in ("owner", "default"))
        if owner == application:
            raise CommandError(
                f"Both database addresses sign in as {owner!r}, so the application would own its "
                "tables and could switch the ledger's guards off. Set DATABASE_OWNER_URL to a role "
                "that owns the database and DATABASE_URL to one that owns nothing."
            )
        with connections["owner"].cursor() as cursor:
            cursor.execute(sql.SQL(GRANTS).format(application=sql.Identifier(application)))
        super().handle(*args, **options)
