"""A dispute is its payee's and the operator's; only system writes, and nothing said is changed."""

from django.db import migrations

from common.database.migration import application_sql
from common.database.policies import guard

OF_A_DISPUTE = "dispute_id IN (SELECT id FROM disputes_dispute)"  # those that the tenant sees
APPEND_ONLY = "REVOKE UPDATE, DELETE ON disputes_event, disputes_attachment FROM {application}"


class Migration(migrations.Migration):
    dependencies = [("disputes", "0001_initial"), ("royalty", "0003_policies")]
    operations = [
        guard("disputes_dispute", see="party_id IN (SELECT tenant_parties())"),
        guard("disputes_event", see=OF_A_DISPUTE),
        guard(
            "disputes_attachment",
            see="EXISTS (SELECT FROM disputes_event event WHERE event.id = event_id)",
        ),
        application_sql(APPEND_ONLY),
    ]
