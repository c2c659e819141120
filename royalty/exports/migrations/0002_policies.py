"""An export is its organisation's; only system writes."""

from django.db import migrations

from common.database.policies import OF_THE_ORGANISATION, guard


class Migration(migrations.Migration):
    dependencies = [("exports", "0001_initial"), ("accounts", "0003_policies")]
    operations = [guard("exports_export", see=OF_THE_ORGANISATION)]
