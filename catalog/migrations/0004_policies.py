"""Who sees what of the catalogue; only system writes it (docs/concepts/who-sees-what.md).

A platform sees what its training sets hold. A rights holder sees the works and tracks in which one
of its parties has or had a share, and which models they went into.
"""

from django.db import migrations

from common.database.policies import (
    ANYBODY_KNOWN,
    OF_THE_ORGANISATION,
    guard,
    tenant_set,
    tenant_value,
)


FUNCTIONS = [
    tenant_value(
        "tenant_platform",
        query="SELECT id FROM catalog_platform"
        " WHERE organisation_id = (SELECT tenant_organisation())",
    ),
    tenant_set(
        "tenant_parties",
        query="SELECT party_id FROM catalog_representation"
        " WHERE organisation_id = (SELECT tenant_organisation())",
    ),
    # Works with a share in the composition, and tracks with one in the recording.
    tenant_set(
        "tenant_works",
        query="SELECT DISTINCT work_id FROM catalog_share"
        " WHERE party_id IN (SELECT tenant_parties()) AND work_id IS NOT NULL",
    ),
    tenant_set(
        "tenant_recordings",
        query="SELECT DISTINCT track_id FROM catalog_share"
        " WHERE party_id IN (SELECT tenant_parties()) AND track_id IS NOT NULL",
    ),
    # A share in the composition is one in every track of it.
    tenant_set(
        "tenant_tracks",
        query="""
            SELECT id FROM catalog_track WHERE work_id IN (SELECT tenant_works())
            UNION
            SELECT tenant_recordings()""",
    ),
    # Co-owners too: whoever has or had a share where the tenant has one.
    tenant_set(
        "tenant_known_parties",
        query="""
            SELECT tenant_parties()
            UNION
            SELECT party_id FROM catalog_share WHERE work_id IN (SELECT tenant_works())
            UNION
            SELECT party_id FROM catalog_share WHERE track_id IN (SELECT tenant_recordings())""",
    ),
    tenant_set(
        "tenant_own_models",
        query="SELECT id FROM catalog_modelversion WHERE platform_id = (SELECT tenant_platform())",
    ),
    tenant_set(
        "tenant_own_training_sets",
        query="SELECT id FROM catalog_trainingset"
        " WHERE model_version_id IN (SELECT tenant_own_models())",
    ),
    # Those that the tenant's tracks went into as well.
    tenant_set(
        "tenant_models",
        query="""
            SELECT tenant_own_models()
            UNION
            SELECT training_set.model_version_id FROM catalog_trainingsettrack member
              JOIN catalog_trainingset training_set ON training_set.id = member.training_set_id
             WHERE member.track_id IN (SELECT tenant_tracks())""",
    ),
    tenant_set(
        "tenant_platforms",
        query="""
            SELECT id FROM catalog_platform
             WHERE organisation_id = (SELECT tenant_organisation())
            UNION
            SELECT platform_id FROM catalog_modelversion WHERE id IN (SELECT tenant_models())""",
    ),
]

TRAINED_ON = """(SELECT tenant_platform()) IS NOT NULL AND EXISTS (
    SELECT FROM catalog_trainingsettrack member
     WHERE member.track_id = catalog_track.id
       AND member.training_set_id IN (SELECT tenant_own_training_sets()))"""

POLICIES = [
    # Known by their content: a row says only that a file of that hash and size exists, and a file
    # is reached through a track or a generation. Whoever sends the same bytes must find the row.
    guard("catalog_asset", see=ANYBODY_KNOWN, add=ANYBODY_KNOWN),
    guard("catalog_importrun"),
    guard("catalog_platform", see="id IN (SELECT tenant_platforms())"),
    guard("catalog_modelversion", see="id IN (SELECT tenant_models())"),
    guard("catalog_checkpoint", see="model_version_id IN (SELECT tenant_models())"),
    guard("catalog_trainingset", see="model_version_id IN (SELECT tenant_models())"),
    guard(
        "catalog_trainingsettrack",
        see="training_set_id IN (SELECT tenant_own_training_sets())"
        " OR track_id IN (SELECT tenant_tracks())",
    ),
    guard("catalog_track", see=f"id IN (SELECT tenant_tracks()) OR {TRAINED_ON}"),
    guard(
        "catalog_work",
        see="id IN (SELECT tenant_works()) OR EXISTS"
        " (SELECT FROM catalog_track track WHERE track.work_id = catalog_work.id)",
    ),
    guard("catalog_party", see="id IN (SELECT tenant_known_parties())"),
    guard("catalog_representation", see=OF_THE_ORGANISATION),
    guard(
        "catalog_share",
        see="work_id IN (SELECT tenant_works()) OR track_id IN (SELECT tenant_recordings())",
    ),
    # What was agreed with another platform about the same track is none of a platform's business.
    guard(
        "catalog_consent",
        see="track_id IN (SELECT tenant_tracks())"
        " OR (SELECT tenant_platform()) IS NOT NULL"
        " AND (model_version_id IS NULL OR model_version_id IN (SELECT tenant_own_models()))"
        " AND EXISTS (SELECT FROM catalog_track track WHERE track.id = track_id)",
    ),
]

# They read tables that whoever writes may not see any more when the transaction commits.
DEFINER = """
ALTER FUNCTION catalog_member_has_a_place() SECURITY DEFINER SET search_path = public, pg_temp;
ALTER FUNCTION catalog_training_set_is_full() SECURITY DEFINER SET search_path = public, pg_temp;
REVOKE EXECUTE ON FUNCTION catalog_member_has_a_place(), catalog_training_set_is_full() FROM PUBLIC;
"""
INVOKER = """
ALTER FUNCTION catalog_member_has_a_place() SECURITY INVOKER RESET search_path;
ALTER FUNCTION catalog_training_set_is_full() SECURITY INVOKER RESET search_path;
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_representation"), ("database", "0001_tenant")]
    operations = [*FUNCTIONS, *POLICIES, migrations.RunSQL(DEFINER, INVOKER)]
