"""A job is its tenant's: to see, to ask for again, to write the progress of; keys are its own."""

from django.db import migrations, models

from common.database.policies import OF_THE_TENANT, guard


class Migration(migrations.Migration):
    dependencies = [("jobs", "0002_tenant"), ("database", "0001_tenant")]
    operations = [
        migrations.AlterField("job", "tenant", models.CharField(max_length=64)),
        migrations.RemoveConstraint("job", "one_job_a_key"),
        migrations.AddConstraint(
            "job",
            models.UniqueConstraint(
                condition=models.Q(("key", ""), _negated=True),
                fields=("tenant", "kind", "key"),
                name="one_job_a_key",
            ),
        ),
        migrations.AddConstraint(
            "job",
            models.CheckConstraint(
                condition=models.Q(("tenant", ""), _negated=True), name="somebody_asks_for_a_job"
            ),
        ),
        guard("jobs_job", see=OF_THE_TENANT, add=OF_THE_TENANT, change=OF_THE_TENANT),
    ]
