"""An organisation sees itself, its members and its keys; who may act for whom, system writes."""

from django.db import migrations

from common.database.policies import OF_THE_ORGANISATION, guard


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_organisations"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("database", "0001_tenant"),
    ]
    operations = [
        guard("accounts_organisation", see="id = (SELECT tenant_organisation())"),
        guard("accounts_membership", see=OF_THE_ORGANISATION),
        guard("accounts_apikey", see=OF_THE_ORGANISATION),
        # What operators changed in the admin names everybody's data.
        guard("django_admin_log"),
    ]
