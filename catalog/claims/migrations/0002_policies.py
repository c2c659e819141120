"""Who sees claims and conflicts; only system writes them (docs/concepts/who-sees-what.md).

A claim is its claimant's, and from when it is contested every side's too. A conflict is shown to
whoever acts for a party that it concerns or concerned.
"""

from django.db import migrations

from common.database.migration import application_sql
from common.database.policies import OF_THE_ORGANISATION, guard, tenant_set

OF_A_CONFLICT = "conflict_id IN (SELECT tenant_conflicts())"
# What was said and sent stays as it was.
APPEND_ONLY = "REVOKE UPDATE, DELETE ON claims_event, claims_attachment, claims_proposal"


class Migration(migrations.Migration):
    dependencies = [("claims", "0001_initial")]
    operations = [
        tenant_set(
            "tenant_conflicts",
            of="uuid",
            query="SELECT id FROM claims_conflict"
            " WHERE party_ids && ARRAY(SELECT tenant_parties())"
            " UNION SELECT conflict_id FROM claims_claim"
            " WHERE organisation_id = (SELECT tenant_organisation()) AND conflict_id IS NOT NULL",
        ),
        tenant_set(
            "tenant_claims",
            of="uuid",
            query="SELECT id FROM claims_claim"
            " WHERE organisation_id = (SELECT tenant_organisation())"
            " OR conflict_id IN (SELECT tenant_conflicts())",
        ),
        guard("claims_conflict", see="id IN (SELECT tenant_conflicts())"),
        guard("claims_claim", see=f"{OF_THE_ORGANISATION} OR {OF_A_CONFLICT}"),
        guard("claims_proposal", see=OF_A_CONFLICT),
        guard(
            "claims_event", see=f"claim_id IN (SELECT tenant_claims()) OR {OF_A_CONFLICT}"
        ),
        guard(
            "claims_attachment",
            see="EXISTS (SELECT FROM claims_event event WHERE event.id = event_id)",
        ),
        guard("claims_notice"),
        application_sql(f"{APPEND_ONLY} FROM {{application}}"),
    ]
