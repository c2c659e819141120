"""A platform reads its invoices whole, and every account that says what it owes or what is held.

That is: who writes the invoices and where they are paid, as the invoices say; its credit; and what
is held because owners disagree or because a piece's features are not verified.
"""

from django.db import migrations

from common.database.policies import guard, tenant_set

OF_PLATFORMS = (
    "'platform_receivable', 'period_revenue', 'commission', 'platform_share', 'platform_credit',"
    " 'held_unattributed', 'held_unclaimed', 'held_no_use', 'held_disputed', 'held_unverified'"
)
ACCOUNTS = tenant_set(
    "tenant_accounts",
    query=f"""
        SELECT id FROM royalty_account WHERE party_id IN (SELECT tenant_parties())
        UNION ALL
        SELECT id FROM royalty_account
         WHERE party_id IS NULL AND kind IN ({OF_PLATFORMS})
           AND contract_id IN (SELECT tenant_own_contracts())""",
)
OWN = "platform_id = (SELECT tenant_platform())"
# Invoices are those that the tenant sees: a platform's own.
ON_ITS_INVOICES = "id IN (SELECT supplier_id FROM royalty_invoice)"
PAYS_INTO = "id IN (SELECT account_id FROM royalty_invoice)"


class Migration(migrations.Migration):
    dependencies = [("royalty", "0026_unverified_features")]

    operations = [
        ACCOUNTS,
        guard("royalty_billingdetails", see=f"{OWN} OR {ON_ITS_INVOICES}"),
        guard("royalty_payingaccount", see=PAYS_INTO),
    ]
