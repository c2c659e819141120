"""What a contract states for its allocation model, and what platforms pay for having trained."""

from django.db import migrations, models
from django.db.models import Q

SOURCES = (
    Q(kind="subscription", generation__isnull=True) & ~Q(subscriber="")
    | Q(kind="output", generation__isnull=False, subscriber="")
    | Q(kind="training", generation__isnull=True, subscriber="")
)


class Migration(migrations.Migration):
    dependencies = [("royalty", "0007_payouts")]

    operations = [
        migrations.AddField(
            model_name="contract",
            name="model_parameters",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text="Whole numbers by name, as the allocation model asks for them.",
            ),
        ),
        migrations.AlterField(
            model_name="revenueevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("subscription", "Subscription"),
                    ("output", "Output"),
                    ("training", "Training"),
                ],
                max_length=16,
            ),
        ),
        migrations.RemoveConstraint(model_name="revenueevent", name="revenue_has_its_source"),
        migrations.AddConstraint(
            model_name="revenueevent",
            constraint=models.CheckConstraint(condition=SOURCES, name="revenue_has_its_source"),
        ),
    ]
