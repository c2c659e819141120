"""What migrations need to know about the roles."""

from django.conf import settings
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython
from psycopg import sql


def application_sql(statements: str) -> RunPython:
    """A migration step whose SQL names the application's role as `{application}`.

    Reversing it does nothing: the tables that such rights are about go with their own migration.
    """

    def forwards(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        role = settings.DATABASES["default"]["USER"]
        with editor.connection.cursor() as cursor:
            cursor.execute(sql.SQL(statements).format(application=sql.Identifier(role)))

    return RunPython(forwards, RunPython.noop)
