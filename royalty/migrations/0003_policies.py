"""Who sees what of contracts, events, periods, books and statements, and what a platform reports.

A platform sees its contracts with their periods, runs and accounts, except those that name a party.
A rights holder sees its parties' statements and accounts, and of contracts, periods, runs and
journals those that these are about. Nobody but system posts (docs/concepts/who-sees-what.md).
"""

from pathlib import Path

from django.db import migrations

from common.database.policies import guard, tenant_set

SQL = Path(__file__).parent / "sql"

FUNCTIONS = [
    tenant_set(
        "tenant_own_contracts",
        query="SELECT id FROM royalty_contract WHERE platform_id = (SELECT tenant_platform())",
    ),
    tenant_set(
        "tenant_accounts",
        query="""
            SELECT id FROM royalty_account WHERE party_id IN (SELECT tenant_parties())
            UNION ALL
            SELECT id FROM royalty_account
             WHERE party_id IS NULL AND contract_id IN (SELECT tenant_own_contracts())""",
    ),
    tenant_set(
        "tenant_journals",
        of="uuid",
        query="SELECT DISTINCT journal_id FROM royalty_entry"
        " WHERE account_id IN (SELECT tenant_accounts())",
    ),
    tenant_set(
        "tenant_contracts",
        query="""
            SELECT tenant_own_contracts()
            UNION
            SELECT contract_id FROM royalty_account WHERE party_id IN (SELECT tenant_parties())""",
    ),
    tenant_set(
        "tenant_periods",
        query="""
            SELECT id FROM royalty_period WHERE contract_id IN (SELECT tenant_own_contracts())
            UNION
            SELECT period_id FROM royalty_statement WHERE party_id IN (SELECT tenant_parties())""",
    ),
    tenant_set(
        "tenant_runs",
        query="""
            SELECT run.id FROM royalty_allocationrun run
              JOIN royalty_period period ON period.id = run.period_id
             WHERE period.contract_id IN (SELECT tenant_own_contracts())
            UNION
            SELECT run_id FROM royalty_statement WHERE party_id IN (SELECT tenant_parties())""",
    ),
]

OWN = "platform_id = (SELECT tenant_platform())"

POLICIES = [
    guard("royalty_contract", see="id IN (SELECT tenant_contracts())"),
    guard("royalty_period", see="id IN (SELECT tenant_periods())"),
    guard("royalty_allocationrun", see="id IN (SELECT tenant_runs())"),
    guard("royalty_statement", see="party_id IN (SELECT tenant_parties())"),
    guard("royalty_account", see="id IN (SELECT tenant_accounts())"),
    guard("royalty_entry", see="account_id IN (SELECT tenant_accounts())"),
    guard("royalty_journal", see="id IN (SELECT tenant_journals())"),
    guard("royalty_journalseal", see="journal_id IN (SELECT tenant_journals())"),
    guard("royalty_intakefile", see=OWN, add=OWN),
    guard("royalty_usageevent", see=OWN, add=OWN),
    guard("royalty_revenueevent", see=OWN, add=OWN),
]


class Migration(migrations.Migration):
    dependencies = [
        ("royalty", "0002_guards"),
        ("attribution", "0004_policies"),
        ("catalog", "0004_policies"),
        ("database", "0001_tenant"),
    ]
    operations = [
        migrations.RunSQL(
            (SQL / "own_events.sql").read_text(),
            "DROP TRIGGER own_events ON royalty_usageevent;"
            "DROP TRIGGER own_events ON royalty_revenueevent;"
            "DROP FUNCTION royalty_refuse_strange_events();",
        ),
        *FUNCTIONS,
        *POLICIES,
    ]
