"""Exchange rates, and revenue that was converted by them."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models
from django.db.models import Q

from common.database.migration import application_sql
from common.database.policies import ANYBODY_KNOWN, guard

SQL = Path(__file__).parent / "sql" / "exchange_rates.sql"


def _rate() -> models.ForeignKey:
    return models.ForeignKey(
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="royalty.exchangerate",
    )


class Migration(migrations.Migration):
    dependencies = [("royalty", "0020_languages")]

    operations = [
        migrations.AddField(
            model_name="allocationrun",
            name="exchange_rates",
            field=models.JSONField(db_default=[]),
        ),
        migrations.CreateModel(
            name="ExchangeRate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("base", models.CharField(max_length=3)),
                ("quote", models.CharField(max_length=3)),
                ("day", models.DateField()),
                ("rate", models.DecimalField(decimal_places=10, max_digits=20)),
                ("source", models.CharField(max_length=20)),
                (
                    "taken_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["source", "base", "quote", "day"],
                        name="one_rate_a_pair_day_and_source",
                    ),
                    models.CheckConstraint(condition=Q(rate__gt=0), name="rates_are_positive"),
                ]
            },
        ),
        migrations.AddField(
            model_name="revenueevent",
            name="reported_atoms",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="revenueevent",
            name="reported_currency",
            field=models.CharField(blank=True, db_default="", max_length=3),
        ),
        # There is no way back: what was reported would be lost.
        migrations.RunSQL(SQL.read_text()),
        migrations.AddField(
            model_name="revenueevent", name="reported_rate", field=_rate()
        ),
        migrations.AddField(
            model_name="revenueevent", name="contract_rate", field=_rate()
        ),
        application_sql("REVOKE UPDATE, DELETE ON royalty_exchangerate FROM {application};"),
        guard("royalty_exchangerate", see=ANYBODY_KNOWN),
    ]
