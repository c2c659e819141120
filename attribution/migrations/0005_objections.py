"""A run keeps what forbids to pay by it."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("attribution", "0004_policies")]
    operations = [
        migrations.AddField(
            model_name="attributionrun",
            name="objections",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), default=list, size=None
            ),
        ),
    ]
