"""What happens to the money of pieces whose features their platform computed by itself."""

from pathlib import Path

from django.db import migrations, models

from common.database.policies import tenant_set

SQL = Path(__file__).parent / "sql" / "unverified.sql"
UNGUARD = """
DROP TRIGGER refuse_to_payer ON royalty_heldrelease;
DROP FUNCTION royalty_refuse_release_to_payer();
"""
KINDS = [
    ("platform_receivable", "owed by the platform"),
    ("period_revenue", "revenue to be apportioned"),
    ("commission", "commission kept by the platform"),
    ("party_payable", "owed to a party"),
    ("held_unattributed", "held: no track accounts for it"),
    ("held_unclaimed", "held: the track's owner is not known"),
    ("held_no_use", "held: nothing was used"),
    ("held_disputed", "held: its owners disagree"),
    ("held_unverified", "held: its features are not verified"),
    ("platform_share", "returned to the platform by contract"),
    ("party_reserve", "kept in reserve for a party"),
    ("party_advance", "advanced to a party, not yet recouped"),
    ("admin_fee", "fee for administration"),
    ("withholding_tax", "tax withheld, owed to the authority"),
    ("payout_clearing", "payments on their way"),
    ("bank", "paid and received through the bank"),
    ("other_contracts", "advances recouped across contracts"),
    ("unmatched_receipts", "received, and not known what for"),
    ("platform_credit", "credited to the platform"),
    ("vat_payable", "VAT charged, owed to the authority"),
    ("vat_reclaimable", "VAT paid, to be reclaimed"),
]
OF_PLATFORMS = (
    "'platform_receivable', 'period_revenue', 'commission', 'held_unattributed',"
    " 'held_unclaimed', 'held_no_use', 'platform_share'"
)


def _accounts(kinds: str) -> migrations.RunPython:
    """The accounts that a tenant sees: those of its parties, and of its contracts those of these
    kinds."""
    return tenant_set(
        "tenant_accounts",
        query=f"""
        SELECT id FROM royalty_account WHERE party_id IN (SELECT tenant_parties())
        UNION ALL
        SELECT id FROM royalty_account
         WHERE party_id IS NULL AND kind IN ({kinds})
           AND contract_id IN (SELECT tenant_own_contracts())""",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("royalty", "0025_sent_files"),
        ("attribution", "0006_features_from_platforms"),
    ]

    operations = [
        migrations.AddField(
            model_name="contract",
            name="unverified_features",
            field=models.CharField(
                max_length=16,
                choices=[
                    ("hold", "held until they are verified"),
                    ("hold_unopened", "held until they are verified, or their content is opened"),
                    ("pay", "paid like any other"),
                ],
                default="hold",
                help_text="The money of a piece whose features the platform computed by itself.",
            ),
        ),
        migrations.AlterField(
            model_name="account",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=32),
        ),
        migrations.RunPython(
            _accounts(f"{OF_PLATFORMS}, 'held_unverified'").code, _accounts(OF_PLATFORMS).code
        ),
        migrations.RunSQL(SQL.read_text(), UNGUARD),
    ]
