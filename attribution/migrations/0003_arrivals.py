"""A generation knows the run that it joined when it arrived."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("attribution", "0002_shares_sum_to_one")]
    operations = [
        migrations.AddField(
            model_name="generation",
            name="arrival_run",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="arrivals",
                to="attribution.attributionrun",
            ),
        ),
    ]
