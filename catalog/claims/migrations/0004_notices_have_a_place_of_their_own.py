"""E-mails about claims are notices as all others are: their own table goes, once all were sent."""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def refuse_unsent(apps: Any, _schema: BaseDatabaseSchemaEditor) -> None:
    waiting = apps.get_model("claims", "Notice").objects.filter(status="waiting").count()
    if waiting:
        raise RuntimeError(
            f"{waiting} e-mails about claims still wait in claims_notice, and this migration would "
            "drop them. Let a worker of the version before send them; delete the rows of those "
            "that cannot be sent; then migrate again."
        )


class Migration(migrations.Migration):
    dependencies = [("claims", "0003_conflicts_without_a_claimant")]
    operations = [
        migrations.RunPython(refuse_unsent, migrations.RunPython.noop),
        migrations.DeleteModel("Notice"),
    ]
