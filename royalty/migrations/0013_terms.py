"""A guaranteed pool, and what a track's owners contest: held for them, and released to nobody."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import F, Q

SQL = Path(__file__).parent / "sql" / "disputed.sql"
UNGUARD = """
DROP TRIGGER refuse_disputed ON royalty_heldrelease;
DROP FUNCTION royalty_refuse_disputed_release();
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
ADD_UP = Q(
    closing_atoms=F("opening_atoms")
    + F("attributed_atoms")
    + F("fallback_atoms")
    + F("guarantee_atoms")
    + F("adjustment_atoms")
    + F("settled_atoms")
)


class Migration(migrations.Migration):
    dependencies = [("royalty", "0012_corrections_and_late_events")]

    operations = [
        migrations.AddField(
            model_name="contract",
            name="guarantee_minor",
            field=models.PositiveBigIntegerField(
                default=0,
                help_text="The least that a period's pool is, in cents or the like; 0 for no guarantee.",
            ),
        ),
        migrations.AddField(
            model_name="allocationrun",
            name="guarantee_atoms",
            field=models.PositiveBigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="statement",
            name="guarantee_atoms",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="account",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=32),
        ),
        migrations.RemoveConstraint(model_name="statement", name="statements_add_up"),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(condition=ADD_UP, name="statements_add_up"),
        ),
        migrations.RunSQL(SQL.read_text(), UNGUARD),
    ]
