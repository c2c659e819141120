"""A platform registers its models, and finds what it may train on.

It adds model versions, checkpoints and training sets of its own, and changes none. Beside what its
sets hold it now sees every track with a consent that names no model or one of its own, the works of
these, and these consents, also ended ones: that a consent was withdrawn must be seen. A track gets
into a set only where there is such a consent, so that nobody can see a track by naming it.
"""

from django.db import migrations, models

from common.database.policies import guard

OWN_MODEL = "model_version_id IN (SELECT tenant_own_models())"
TRAINED_ON = """EXISTS (SELECT FROM catalog_trainingsettrack member
     WHERE member.track_id = catalog_track.id
       AND member.training_set_id IN (SELECT tenant_own_training_sets()))"""
CONSENTED = "EXISTS (SELECT FROM catalog_consent consent WHERE consent.track_id = {track})"


class Migration(migrations.Migration):
    dependencies = [("catalog", "0007_simulated_clocks")]
    operations = [
        # What is there was trained here.
        migrations.AddField(
            "checkpoint",
            "architecture",
            models.CharField(max_length=64, blank=True, default="music-transformer"),
            preserve_default=False,
        ),
        # A new row is shown to whoever adds it only if its own columns say so: the functions do
        # not see it before the statement ends.
        guard(
            "catalog_modelversion",
            see="platform_id = (SELECT tenant_platform()) OR id IN (SELECT tenant_models())",
            add="platform_id = (SELECT tenant_platform())",
        ),
        guard(
            "catalog_checkpoint",
            see="model_version_id IN (SELECT tenant_models())",
            add=OWN_MODEL,
        ),
        guard(
            "catalog_trainingset",
            see="model_version_id IN (SELECT tenant_models())",
            add=OWN_MODEL,
        ),
        guard(
            "catalog_trainingsettrack",
            see="training_set_id IN (SELECT tenant_own_training_sets())"
            " OR track_id IN (SELECT tenant_tracks())",
            add="training_set_id IN (SELECT tenant_own_training_sets()) AND "
            + CONSENTED.format(track="catalog_trainingsettrack.track_id"),
        ),
        # Asks no other table's policy, since those of tracks and of members ask this one.
        guard(
            "catalog_consent",
            see="track_id IN (SELECT tenant_tracks())"
            " OR (SELECT tenant_platform()) IS NOT NULL"
            " AND (model_version_id IS NULL OR model_version_id IN (SELECT tenant_own_models()))",
        ),
        guard(
            "catalog_track",
            see="id IN (SELECT tenant_tracks()) OR (SELECT tenant_platform()) IS NOT NULL"
            f" AND ({TRAINED_ON} OR {CONSENTED.format(track='catalog_track.id')})",
        ),
    ]
