"""A contract splits each track's money between composition and recording, in place of paying one."""

from django.db import migrations, models
from django.db.models import Q

FILL = """
UPDATE royalty_contract SET composition_ppm = CASE "right" WHEN 'recording' THEN 0 ELSE 1000000 END;
"""


class Migration(migrations.Migration):
    dependencies = [("royalty", "0016_most_favoured")]

    # There is no way back: a contract that pays both rights has no one right.
    operations = [
        migrations.AddField(
            model_name="contract",
            name="composition_ppm",
            field=models.PositiveIntegerField(
                default=1_000_000,
                help_text=(
                    "The composition's part of each track's money, in millionths; the rest is the "
                    "recording's. 1,000,000: composition only."
                ),
            ),
        ),
        migrations.RunSQL(FILL),
        migrations.RemoveField(model_name="contract", name="right"),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=Q(composition_ppm__lte=1_000_000),
                name="compositions_are_parts_of_one",
                violation_error_message="The composition's part is above 100 %%.",
            ),
        ),
    ]
