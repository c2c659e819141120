"""An attribution that names what was merged into a rights holder's track is that holder's too."""

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from common.database.policies import guard


def attributions_are_seen(own: str) -> Operation:
    return guard(
        "attribution_attribution",
        see=f"track_ids && ARRAY(SELECT {own}())",
        add="platform_id = (SELECT tenant_platform())",
        system_sees="platform_id BETWEEN (SELECT tenant_first_platform())"
        " AND (SELECT tenant_last_platform())",
    )


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("attribution", "0008_verification"),
        ("catalog", "0014_what_was_merged"),
    ]

    operations: ClassVar[list[Operation]] = [
        migrations.RunPython(
            attributions_are_seen("tenant_paid_tracks").code,
            attributions_are_seen("tenant_tracks").code,
        ),
    ]
