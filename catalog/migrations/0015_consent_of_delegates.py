"""A delegate says what may be trained on only where its grant covers rights."""

from django.db import migrations

from common.database.policies import guard, who_may_do

OWN_WORD = "party_id IN (SELECT tenant_parties())"
OWN_RIGHT = """(
    "right" = 'composition' AND track_id IN (SELECT tenant_compositions())
    OR "right" = 'recording' AND track_id IN (SELECT tenant_recordings()))"""
SAYS = f"{OWN_WORD} AND {OWN_RIGHT} AND {who_may_do('rights')}"


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0014_what_was_merged"),
        ("accounts", "0012_what_delegates_write"),
    ]
    operations = [
        guard(
            "catalog_consent",
            see="track_id IN (SELECT tenant_tracks())"
            " OR (SELECT tenant_platform()) IS NOT NULL"
            " AND (model_version_id IS NULL OR model_version_id IN (SELECT tenant_own_models()))",
            add=SAYS,
            change=SAYS,
        ),
    ]
