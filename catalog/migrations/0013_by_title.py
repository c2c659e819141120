"""Indexes by which lists of works and tracks are shown by title."""

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("catalog", "0012_history")]

    operations: ClassVar[list[Operation]] = [
        migrations.AddIndex(
            model_name="track",
            index=models.Index(fields=["title", "id"], name="tracks_by_title"),
        ),
        migrations.AddIndex(
            model_name="work",
            index=models.Index(fields=["title", "id"], name="works_by_title"),
        ),
    ]
