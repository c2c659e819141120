"""A line for each request, shown to its tenant alone; both kinds of answers are found by age."""

import django.contrib.postgres.indexes
from django.db import migrations, models

import common.ids
from common.database.policies import OF_THE_TENANT, guard


class Migration(migrations.Migration):
    dependencies = [("api", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="LoggedRequest",
            fields=[
                ("id", models.UUIDField(default=common.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("tenant", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=32)),
                ("request_id", models.CharField(max_length=128)),
                ("answered_at", models.DateTimeField()),
                ("method", models.CharField(max_length=16)),
                ("path", models.CharField(max_length=500)),
                ("status", models.PositiveSmallIntegerField()),
                ("problem", models.CharField(blank=True, max_length=64)),
                ("detail", models.CharField(blank=True, max_length=1000)),
                ("milliseconds", models.PositiveIntegerField()),
                ("received_bytes", models.BigIntegerField()),
                ("idempotency_key", models.CharField(blank=True, max_length=255)),
                ("is_replay", models.BooleanField()),
                ("address", models.GenericIPAddressField(null=True)),
                ("user_agent", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "verbose_name": "request",
                "indexes": [
                    models.Index(fields=["tenant", "id"], name="requests_in_order"),
                    models.Index(fields=["tenant", "request_id"], name="requests_by_their_id"),
                    models.Index(condition=models.Q(("status__gte", 400)), fields=["tenant", "id"], name="refused_requests"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("tenant", ""), _negated=True), name="requests_are_somebodys")
                ],
            },
        ),
        migrations.AddIndex(
            model_name="storedresponse",
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=["created_at"], name="old_responses"),
        ),
        guard("api_loggedrequest", see=OF_THE_TENANT, add=OF_THE_TENANT),
    ]
