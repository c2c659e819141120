"""Whether enough was collected is asked once a batch, and not once a payee."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"
# Going back, the older guard is made again; the rest of its file stays as it is.
OLDER = (SQL / "receivables.sql").read_text()
OLDER = OLDER[OLDER.index("CREATE FUNCTION royalty_refuse_uncollected()") :]
BACK = """
DROP TRIGGER royalty_payout_is_of_a_batch ON royalty_journal;
DROP TRIGGER refuse_uncollected ON royalty_payoutbatch;
DROP FUNCTION royalty_refuse_strange_payouts();
DROP FUNCTION royalty_refuse_uncollected();
"""


class Migration(migrations.Migration):
    dependencies = [("royalty", "0023_messages")]
    operations = [migrations.RunSQL((SQL / "collected.sql").read_text(), BACK + OLDER)]
