"""Events that replace others, events that come late, and which of them a run could know."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import Q

SQL = Path(__file__).parent / "sql"


def _event_fields(model: str) -> list[migrations.AddField]:
    return [
        migrations.AddField(
            model_name=model,
            name="corrects",
            field=models.CharField(blank=True, db_default="", max_length=100),
        ),
        migrations.AddField(
            model_name=model, name="is_late", field=models.BooleanField(db_default=False)
        ),
    ]


def _replaced(model: str, constraint: models.CheckConstraint) -> list[migrations.operations.base.Operation]:
    return [
        migrations.RemoveConstraint(model_name=model, name=constraint.name),
        migrations.AddConstraint(model_name=model, constraint=constraint),
    ]


class Migration(migrations.Migration):
    dependencies = [("royalty", "0011_money_in")]

    # There is no way back: a correction cannot be undone without deleting what was reported.
    operations = [
        *_event_fields("usageevent"),
        *_event_fields("revenueevent"),
        *_replaced(
            "usageevent",
            models.CheckConstraint(
                condition=Q(count__gt=0) | ~Q(corrects=""), name="uses_are_counted"
            ),
        ),
        *_replaced(
            "revenueevent",
            models.CheckConstraint(
                condition=Q(amount_atoms__gt=0) | Q(amount_atoms=0) & ~Q(corrects=""),
                name="revenue_is_an_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="usageevent",
            constraint=models.UniqueConstraint(
                fields=["platform", "corrects", "intake_file"],
                condition=~Q(corrects=""),
                name="a_use_is_corrected_once_a_file",
            ),
        ),
        migrations.AddConstraint(
            model_name="revenueevent",
            constraint=models.UniqueConstraint(
                fields=["platform", "corrects", "intake_file"],
                condition=~Q(corrects=""),
                name="revenue_is_corrected_once_a_file",
            ),
        ),
        migrations.AddIndex(
            model_name="usageevent",
            index=models.Index(
                fields=["platform", "service", "used_at"],
                condition=Q(is_late=True),
                name="late_usage",
            ),
        ),
        migrations.AddIndex(
            model_name="revenueevent",
            index=models.Index(
                fields=["platform", "service", "earned_on"],
                condition=Q(is_late=True),
                name="late_revenue",
            ),
        ),
        migrations.RunSQL((SQL / "late_events.sql").read_text()),
        migrations.RunSQL(
            (SQL / "corrections.sql").read_text(),
            state_operations=[
                migrations.AddField(
                    model_name="allocationrun",
                    name="last_intake_file",
                    field=models.PositiveBigIntegerField(),
                    preserve_default=False,
                )
            ],
        ),
    ]
