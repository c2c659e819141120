"""The responses of requests with an Idempotency-Key, each shown to its tenant alone."""

from django.db import migrations, models

from common.database.policies import guard

# NULL for nobody and for a setting that is malformed.
OF_THE_TENANT = "tenant = 'organisation:' || (SELECT tenant_organisation())"


class Migration(migrations.Migration):
    initial = True
    dependencies = [("database", "0001_tenant")]
    operations = [
        migrations.CreateModel(
            name="StoredResponse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tenant", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=255)),
                ("request_sha256", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField()),
                ("headers", models.JSONField()),
                ("body", models.BinaryField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.AddConstraint(
            model_name="storedresponse",
            constraint=models.UniqueConstraint(fields=("tenant", "key"), name="one_response_a_key"),
        ),
        migrations.AddConstraint(
            model_name="storedresponse",
            constraint=models.CheckConstraint(
                condition=models.Q(("tenant", ""), _negated=True), name="responses_are_somebodys"
            ),
        ),
        guard("api_storedresponse", see=OF_THE_TENANT, add=OF_THE_TENANT),
    ]
