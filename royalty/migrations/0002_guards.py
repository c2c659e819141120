"""The database refuses wrong books: triggers and rights, each in a file of `sql/`."""

from pathlib import Path

from django.db import migrations

from common.database.migration import application_sql

SQL = Path(__file__).parent / "sql"


def read(name: str) -> str:
    return (SQL / name).read_text()


class Migration(migrations.Migration):
    dependencies = [("royalty", "0001_initial")]

    # There is no way back: books without guards are no books.
    operations = [
        migrations.RunSQL(read("append_only.sql")),
        migrations.RunSQL(read("ledger.sql")),
        migrations.RunSQL(read("periods.sql")),
        application_sql(read("rights.sql")),
    ]
