"""A notice is shown to the organisation for which its person acts; only system writes."""

from django.db import migrations

from common.database.policies import OF_THE_ORGANISATION, guard

OF_ITS_PEOPLE = (
    "user_id IN (SELECT member.user_id FROM accounts_membership member"
    " WHERE member.organisation_id = (SELECT tenant_organisation()))"
)


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial"), ("accounts", "0003_policies")]
    operations = [
        guard("notices_notice", see=OF_THE_ORGANISATION),
        guard("notices_mailedoff", see=OF_ITS_PEOPLE),
    ]
