"""Whoever acts for another organisation writes there what its grant says, and makes no keys."""

from django.db import migrations

from common.database.policies import BY_ITSELF, OF_THE_ORGANISATION, guard, tenant_set

OWN_KEY = f"{OF_THE_ORGANISATION} AND {BY_ITSELF}"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_people")]
    operations = [
        # What a delegate may do, beside reading; nothing for an organisation itself.
        tenant_set(
            "tenant_granted_acts",
            of="text",
            query="SELECT unnest(acts)::text FROM accounts_delegation,"
            " regexp_match(current_setting('tantieme.tenant', true),"
            " '^organisation:([1-9][0-9]{0,17})/([1-9][0-9]{0,17})$') AS asked"
            " WHERE organisation_id = asked[1]::bigint AND delegate_id = asked[2]::bigint"
            " AND organisation_id = (SELECT tenant_organisation())",
        ),
        guard("accounts_apikey", see=OF_THE_ORGANISATION, add=OWN_KEY, change=OWN_KEY),
    ]
