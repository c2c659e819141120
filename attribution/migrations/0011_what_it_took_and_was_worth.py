"""Stores and runs keep what they took, and stores what retraining measured of them.

So a platform sees it too where the operator asked for the job, whose row is the operator's.
"""

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("attribution", "0010_reports_of_runs")]

    operations: ClassVar[list[Operation]] = [
        migrations.AddField("attributionrun", "worker_seconds", models.FloatField(null=True)),
        migrations.AddField("featurestore", "worker_seconds", models.FloatField(null=True)),
        migrations.AddField("featurestore", "covered_ppm", models.PositiveIntegerField(null=True)),
        migrations.AddField("featurestore", "measured", models.JSONField(null=True)),
    ]
