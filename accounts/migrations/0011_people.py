"""Invitations, and organisations that act for others.

A request that acts for organisation 1 through organisation 2 has the setting `organisation:1/2`.
It is organisation 1's for as long as a grant says so, and nobody's otherwise: the database looks
the grant up itself.
"""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from common.database.policies import OF_THE_ORGANISATION, guard, tenant_set, tenant_value

ROLES = [
    ("owner", "owner"),
    ("accountant", "accountant"),
    ("manager", "manager"),
    ("viewer", "viewer"),
]
ACTS = [
    ("people", "invite people, change their roles, let others act for the organisation"),
    ("money", "payment and tax details, approvals, payouts, closing a period"),
    ("rights", "claims, disputes, consent, deliveries, changes of the catalogue"),
    ("programs", "keys, webhooks, and what else programs use"),
]
THROUGH = "'^organisation:([1-9][0-9]{0,17})/([1-9][0-9]{0,17})$'"
GRANT_HOLDS = f"""
    FROM accounts_delegation,
         regexp_match(current_setting('tantieme.tenant', true), {THROUGH}) AS asked
   WHERE organisation_id = asked[1]::bigint AND delegate_id = asked[2]::bigint
     AND revoked_at IS NULL AND starts_at <= statement_timestamp()
     AND (ends_at IS NULL OR ends_at > statement_timestamp())
"""
WITH_GRANTS = """
CREATE OR REPLACE FUNCTION tenant_organisation() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE WHEN strpos(current_setting('tantieme.tenant', true), '/') > 0
    THEN tenant_grantor()
    ELSE substring(
        current_setting('tantieme.tenant', true) from '^organisation:([1-9][0-9]{0,17})$')::bigint
END;
"""
WITHOUT_GRANTS = """
CREATE OR REPLACE FUNCTION tenant_organisation() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
RETURN substring(
    current_setting('tantieme.tenant', true) from '^organisation:([1-9][0-9]{0,17})$')::bigint;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_roles_and_audit")]
    operations = [
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("email", models.EmailField(max_length=254)),
                ("role", models.CharField(choices=ROLES, max_length=12)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField()),
                ("sending", models.PositiveSmallIntegerField(default=1)),
                ("accepted_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("accepted_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("invited_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("organisation", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="invitations", to="accounts.organisation")),
            ],
        ),
        migrations.CreateModel(
            name="Delegation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("acts", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=ACTS, max_length=12), blank=True, default=list, size=None)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("delegate", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="delegated_to_it", to="accounts.organisation")),
                ("made_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("organisation", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="delegations", to="accounts.organisation")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("organisation", models.F("delegate")), _negated=True), name="nobody_delegates_to_itself"),
                    models.UniqueConstraint(condition=models.Q(("revoked_at", None)), fields=("organisation", "delegate"), name="one_delegation_at_a_time"),
                ],
            },
        ),
        tenant_value("tenant_grantor", query=f"SELECT organisation_id {GRANT_HOLDS}"),
        migrations.RunSQL(WITH_GRANTS, WITHOUT_GRANTS),
        # Who acts or acted for whom is known by name to both.
        tenant_set(
            "tenant_partners",
            query="SELECT delegate_id FROM accounts_delegation"
            " WHERE organisation_id = (SELECT tenant_organisation())"
            " UNION SELECT organisation_id FROM accounts_delegation"
            " WHERE delegate_id = (SELECT tenant_organisation())",
        ),
        guard(
            "accounts_organisation",
            see="id = (SELECT tenant_organisation()) OR id IN (SELECT tenant_partners())",
        ),
        guard("accounts_invitation", see=OF_THE_ORGANISATION),
        guard(
            "accounts_delegation",
            see=f"{OF_THE_ORGANISATION} OR delegate_id = (SELECT tenant_organisation())",
        ),
    ]
