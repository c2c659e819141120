"""Who sees how good the data is: the operator alone, so that every condition is left out."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

from common.database.policies import guard


class Migration(migrations.Migration):
    dependencies = [("quality", "0001_initial")]
    operations = [
        TrigramExtension(),
        guard("quality_checkrun"),
        guard("quality_finding"),
        guard("quality_findingevent"),
        guard("quality_score"),
        guard("quality_profile"),
        guard("quality_alert"),
        guard("quality_contentstatistics"),
        guard("quality_outlier"),
    ]
