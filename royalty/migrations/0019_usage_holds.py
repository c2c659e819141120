"""Uses that wait for a decision, what was decided, and which a run left out."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from common.database.migration import application_sql
from common.database.policies import guard

SQL = Path(__file__).parent / "sql" / "usage_holds.sql"
UNGUARD = """
DROP TRIGGER guard_hold ON royalty_usagehold;
DROP TRIGGER append_only ON royalty_usagehold;
DROP TRIGGER append_only ON royalty_holddecision;
DROP FUNCTION royalty_guard_hold();
"""
RIGHTS = """
REVOKE UPDATE ON royalty_usagehold FROM {application};
GRANT UPDATE (subscribers, uses, sentence, evidence, found_at) ON royalty_usagehold
    TO {application};
REVOKE UPDATE, DELETE ON royalty_holddecision FROM {application};
"""
KEY = models.BigAutoField(
    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
)


class Migration(migrations.Migration):
    dependencies = [
        ("royalty", "0018_calendar"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="allocationrun",
            name="left_out",
            field=models.JSONField(db_default=[]),
        ),
        migrations.AddField(
            model_name="allocationrun",
            name="left_out_uses",
            field=models.PositiveBigIntegerField(db_default=0),
        ),
        migrations.CreateModel(
            name="UsageHold",
            fields=[
                ("id", KEY),
                (
                    "rule",
                    models.CharField(
                        choices=[
                            ("too_many", "too many uses by one subscriber"),
                            ("look_alikes", "accounts that look alike"),
                            ("subscriber_jump", "a subscriber's uses jumped"),
                            ("piece_jump", "a piece's uses jumped"),
                        ],
                        max_length=16,
                    ),
                ),
                ("subject", models.CharField(max_length=200)),
                (
                    "subscribers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None
                    ),
                ),
                ("uses", models.PositiveBigIntegerField()),
                ("sentence", models.TextField()),
                ("evidence", models.JSONField()),
                ("found_at", models.DateTimeField()),
                (
                    "period",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="usage_holds",
                        to="royalty.period",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["period", "rule", "subject"], name="uses_are_held_once_a_rule"
                    ),
                    models.CheckConstraint(
                        condition=Q(rule="piece_jump", subscribers=[])
                        | ~Q(rule="piece_jump") & ~Q(subscribers=[]),
                        name="holds_say_whose_uses",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="HoldDecision",
            fields=[
                ("id", KEY),
                (
                    "decision",
                    models.CharField(
                        choices=[("count", "count"), ("leave_out", "leave out")], max_length=16
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                (
                    "decided_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "hold",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="royalty.usagehold",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=~Q(reason=""), name="decisions_have_a_reason"
                    )
                ]
            },
        ),
        migrations.RunSQL(SQL.read_text(), UNGUARD),
        application_sql(RIGHTS),
        guard("royalty_usagehold"),
        guard("royalty_holddecision"),
    ]
