"""What migrations need to know about the roles, and steps that are SQL of our own."""

from typing import Any

from django.conf import settings
from django.db import router
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython
from psycopg import sql

NO_MODELS: Any = None


class RunStatements(RunPython):
    """A step that asks for no models.

    Django makes the models of that moment for every RunPython, all of them and anew. We have more
    than a hundred steps that only send SQL, and they took almost half of a migration's time.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, *_states: Any) -> None:
        if router.allow_migrate(schema_editor.connection.alias, app_label, **self.hints):
            self.code(NO_MODELS, schema_editor)

    def database_backwards(self, app_label: str, schema_editor: Any, *_states: Any) -> None:
        assert self.reverse_code is not None
        if router.allow_migrate(schema_editor.connection.alias, app_label, **self.hints):
            self.reverse_code(NO_MODELS, schema_editor)


def application_sql(statements: str) -> RunStatements:
    """A migration step whose SQL names the application's role as `{application}`.

    Reversing it does nothing: the tables that such rights are about go with their own migration.
    """

    def forwards(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        role = settings.DATABASES["default"]["USER"]
        with editor.connection.cursor() as cursor:
            cursor.execute(sql.SQL(statements).format(application=sql.Identifier(role)))

    return RunStatements(forwards, RunPython.noop)
