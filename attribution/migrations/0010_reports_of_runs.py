"""Runs keep what their scores look like, for the quality pages."""

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("attribution", "0009_what_was_merged")]

    operations: ClassVar[list[Operation]] = [
        migrations.AddField(
            model_name="attributionrun", name="report", field=models.JSONField(default=dict)
        )
    ]
