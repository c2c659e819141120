"""Whoever owns what a track was merged into sees that track, and which models it went into: the
money of the one is the other's.

Its shares, credits, consents and history stay with those who have or had a share in it.
"""

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from common.database.policies import guard, tenant_set

AGREED = (
    "EXISTS (SELECT FROM catalog_consent consent"
    " WHERE consent.track_id = catalog_track.id AND NOT consent.is_opt_out)"
)
TRAINED_ON = """EXISTS (SELECT FROM catalog_trainingsettrack member
     WHERE member.track_id = catalog_track.id
       AND member.training_set_id IN (SELECT tenant_own_training_sets()))"""
MODELS = """
    SELECT tenant_own_models()
    UNION
    SELECT training_set.model_version_id FROM catalog_trainingsettrack member
      JOIN catalog_trainingset training_set ON training_set.id = member.training_set_id
     WHERE member.track_id IN (SELECT {own}())"""


def tracks_are_seen(own: str) -> Operation:
    return guard(
        "catalog_track",
        see=f"id IN (SELECT {own}()) OR (SELECT tenant_platform()) IS NOT NULL"
        f" AND ({TRAINED_ON} OR {AGREED})",
    )


def models_of(own: str) -> Operation:
    return tenant_set("tenant_models", query=MODELS.format(own=own))


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("catalog", "0013_by_title")]

    operations: ClassVar[list[Operation]] = [
        # Whose work is merged has the shares of the work that it is, and then so for a track: as
        # `catalog.selectors.ownership` and the snapshots of royalty have it.
        tenant_set(
            "tenant_paid_tracks",
            query="""
                WITH own AS (
                    SELECT tenant_tracks() AS id
                    UNION
                    SELECT track.id FROM catalog_work work
                      JOIN catalog_track track ON track.work_id = work.id
                     WHERE work.merged_into_id IN (SELECT tenant_works()))
                SELECT id FROM own
                UNION
                SELECT id FROM catalog_track WHERE merged_into_id IN (SELECT id FROM own)""",
        ),
        migrations.RunPython(
            tracks_are_seen("tenant_paid_tracks").code, tracks_are_seen("tenant_tracks").code
        ),
        migrations.RunPython(models_of("tenant_paid_tracks").code, models_of("tenant_tracks").code),
    ]
