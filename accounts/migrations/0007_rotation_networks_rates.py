"""Keys can be rotated, kept to networks and limited, and an organisation makes and ends its own."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from common.database.policies import OF_THE_ORGANISATION, guard


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_webhooks_scope")]
    operations = [
        migrations.AddField(
            "apikey", "last_used_from", models.GenericIPAddressField(blank=True, null=True)
        ),
        migrations.AddField(
            "apikey",
            "networks",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=43), default=list, size=None
            ),
        ),
        migrations.AddField(
            "apikey", "rate_requests", models.PositiveIntegerField(blank=True, null=True)
        ),
        migrations.AddField(
            "apikey", "rate_seconds", models.PositiveIntegerField(blank=True, null=True)
        ),
        migrations.AddField(
            "apikey",
            "replaces",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="successors",
                to="accounts.apikey",
            ),
        ),
        migrations.AddConstraint(
            "apikey",
            models.CheckConstraint(
                condition=models.Q(("rate_requests", None), ("rate_seconds", None))
                | models.Q(("rate_requests__gt", 0), ("rate_seconds__gt", 0)),
                name="rates_are_whole",
            ),
        ),
        migrations.AddConstraint(
            "apikey",
            models.UniqueConstraint(
                condition=models.Q(("revoked_at", None)),
                fields=("replaces",),
                name="one_key_replaces_another",
            ),
        ),
        guard(
            "accounts_apikey",
            see=OF_THE_ORGANISATION,
            add=OF_THE_ORGANISATION,
            change=OF_THE_ORGANISATION,
        ),
    ]
