"""What an entry names is looked up once for all entries of a statement, not once for each."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "known_entries.sql"
BACK = SQL.read_text().replace("%I NOT ENFORCED", "%I ENFORCED")


class Migration(migrations.Migration):
    dependencies = [("royalty", "0008_model_parameters")]
    operations = [migrations.RunSQL(SQL.read_text(), BACK)]
