"""What members may do, and the log of what they did, which nobody changes.

Whoever is a member already becomes an owner, since until now every member might do everything.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from common.database.migration import application_sql
from common.database.policies import OF_THE_ORGANISATION, guard

APPEND_ONLY = """
CREATE FUNCTION accounts_refuse_change_of_audit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% is append-only, so % is refused.', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END
$$;
REVOKE EXECUTE ON FUNCTION accounts_refuse_change_of_audit() FROM PUBLIC;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON accounts_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_refuse_change_of_audit();
ALTER TABLE accounts_auditevent ENABLE ALWAYS TRIGGER append_only;
"""
CHANGEABLE = """
DROP TRIGGER append_only ON accounts_auditevent;
DROP FUNCTION accounts_refuse_change_of_audit();
"""
ROLES = [
    ("owner", "owner"),
    ("accountant", "accountant"),
    ("manager", "manager"),
    ("viewer", "viewer"),
]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_language")]
    operations = [
        migrations.AddField(
            model_name="membership",
            name="role",
            field=models.CharField(choices=ROLES, default="owner", max_length=12),
        ),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("act", models.CharField(max_length=40)),
                ("about", models.CharField(blank=True, max_length=300)),
                ("network", models.CharField(blank=True, max_length=43)),
                ("request_id", models.CharField(blank=True, max_length=64)),
                ("organisation", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation")),
                ("through", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation")),
                ("user", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["organisation", "-id"], name="audit_of_an_organisation"),
        ),
        migrations.RunSQL(APPEND_ONLY, CHANGEABLE),
        application_sql("REVOKE UPDATE, DELETE ON accounts_auditevent FROM {application}"),
        guard(
            "accounts_auditevent",
            see=f"{OF_THE_ORGANISATION} OR through_id = (SELECT tenant_organisation())",
        ),
    ]
