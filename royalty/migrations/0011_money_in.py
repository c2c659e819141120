"""Invoices, receipts and their matches; payees are paid with what was collected; self-billing."""

from pathlib import Path

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from common.database.migration import application_sql
from common.database.policies import guard

SQL = Path(__file__).parent / "sql" / "receivables.sql"
TABLES = "billingdetails invoice bankfile receipt match selfbilling selfbilledinvoice".split()
RIGHTS = """
REVOKE UPDATE, DELETE ON royalty_billingdetails, royalty_invoice, royalty_bankfile, royalty_receipt,
    royalty_match, royalty_selfbilling, royalty_selfbilledinvoice FROM {application};
GRANT UPDATE (valid_until) ON royalty_selfbilling TO {application};
"""
UNGUARD = """
DROP TRIGGER royalty_payout_is_collected ON royalty_journal;
DROP TRIGGER admit_match ON royalty_match;
DROP TRIGGER admit_number ON royalty_invoice;
DROP TRIGGER admit_number ON royalty_selfbilledinvoice;
DROP FUNCTION royalty_refuse_uncollected();
DROP FUNCTION royalty_admit_match();
DROP FUNCTION royalty_admit_number();
""" + "".join(f"DROP TRIGGER append_only ON royalty_{table};\n" for table in TABLES)
OF_ITS_PARTIES = "party_id IN (SELECT tenant_parties())"
POLICIES = [
    guard("royalty_billingdetails", see="platform_id = (SELECT tenant_platform())"),
    guard("royalty_invoice", see="contract_id IN (SELECT tenant_own_contracts())"),
    guard("royalty_bankfile"),
    guard("royalty_receipt"),
    guard("royalty_match", see="invoice_id IN (SELECT id FROM royalty_invoice)"),
    guard("royalty_selfbilling", see=OF_ITS_PARTIES),
    guard("royalty_selfbilledinvoice", see="payout_id IN (SELECT id FROM royalty_payout)"),
]


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0006_blanks'),
        ('royalty', '0010_restatements'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BankFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message_id', models.CharField(max_length=35)),
                ('sha256', models.CharField(max_length=64, unique=True)),
                ('kind', models.CharField(max_length=8)),
                ('name', models.CharField(max_length=200)),
                ('entry_count', models.PositiveIntegerField()),
                ('new_count', models.PositiveIntegerField(help_text='Entries that no earlier file had.')),
                ('taken_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='BillingDetails',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=140)),
                ('street', models.CharField(blank=True, max_length=70)),
                ('building', models.CharField(blank=True, max_length=16)),
                ('postcode', models.CharField(blank=True, max_length=16)),
                ('town', models.CharField(max_length=35)),
                ('country', models.CharField(help_text='Two letters, as in DE.', max_length=2)),
                ('vat_number', models.CharField(blank=True, max_length=20)),
                ('iban', models.CharField(blank=True, help_text='From which the platform pays; finds its receipts.', max_length=34)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name_plural': 'billing details',
            },
        ),
        migrations.CreateModel(
            name='Invoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('series', models.CharField(max_length=4)),
                ('year', models.PositiveSmallIntegerField()),
                ('number', models.PositiveIntegerField()),
                ('issued_on', models.DateField()),
                ('net_atoms', models.BigIntegerField()),
                ('vat_ppm', models.PositiveIntegerField()),
                ('vat_atoms', models.BigIntegerField()),
                ('gross_atoms', models.BigIntegerField()),
                ('vat_sentence', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('due_on', models.DateField()),
                ('lines', models.JSONField()),
                ('reference', models.CharField(help_text='ISO 11649', max_length=25, unique=True)),
            ],
            options={
                'permissions': (('issue_invoice', 'Can issue invoices'),),
            },
        ),
        migrations.CreateModel(
            name='Match',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('use', models.CharField(choices=[('invoice', 'pays an invoice'), ('credit', "is kept as the platform's credit"), ('credit_used', "pays an invoice from the platform's credit"), ('returned', 'was sent back')], max_length=16)),
                ('amount_atoms', models.BigIntegerField()),
                ('found_by', models.CharField(help_text='By what they were matched.', max_length=100)),
                ('matched_on', models.DateField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'verbose_name_plural': 'matches',
            },
        ),
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entry_key', models.CharField(max_length=64)),
                ('position', models.PositiveIntegerField(help_text='Of the transaction within its entry.')),
                ('is_taken_back', models.BooleanField(default=False)),
                ('booked_on', models.DateField()),
                ('amount_atoms', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('payer_name', models.CharField(blank=True, max_length=140)),
                ('payer_iban', models.CharField(blank=True, max_length=34)),
                ('end_to_end_id', models.CharField(blank=True, max_length=35)),
                ('remittance', models.CharField(blank=True, max_length=1000)),
            ],
            options={
                'permissions': (('match_receipt', 'Can match receipts'),),
            },
        ),
        migrations.CreateModel(
            name='SelfBilledInvoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('series', models.CharField(max_length=4)),
                ('year', models.PositiveSmallIntegerField()),
                ('number', models.PositiveIntegerField()),
                ('issued_on', models.DateField()),
                ('net_atoms', models.BigIntegerField()),
                ('vat_ppm', models.PositiveIntegerField()),
                ('vat_atoms', models.BigIntegerField()),
                ('gross_atoms', models.BigIntegerField()),
                ('vat_sentence', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name='SelfBilling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('country', models.CharField(help_text='Where it is established, as in DE.', max_length=2)),
                ('vat_number', models.CharField(max_length=20)),
                ('vat_ppm', models.PositiveIntegerField(help_text='Millionths of the whole: 150,000 is 15 %.')),
                ('valid_from', models.DateField()),
                ('valid_until', models.DateField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name_plural': 'self-billing agreements',
            },
        ),
        migrations.RemoveConstraint(
            model_name='payoutpart',
            name='payouts_add_up',
        ),
        migrations.RemoveConstraint(
            model_name='payoutpart',
            name='payouts_take_nothing_negative',
        ),
        migrations.AddField(
            model_name='contract',
            name='payment_days',
            field=models.PositiveSmallIntegerField(default=30, help_text='In which the platform pays an invoice.'),
        ),
        migrations.AddField(
            model_name='contract',
            name='pays_before_collection',
            field=models.BooleanField(default=True, help_text='Payees are paid although the platform has not paid yet.'),
        ),
        # What was agreed before goes on as it was.
        migrations.AlterField(
            model_name='contract',
            name='pays_before_collection',
            field=models.BooleanField(default=False, help_text='Payees are paid although the platform has not paid yet.'),
        ),
        migrations.AddField(
            model_name='contract',
            name='vat_ppm',
            field=models.PositiveIntegerField(default=0, help_text='VAT on invoices within the country, in millionths: 190,000 is 19 %.'),
        ),
        migrations.AddField(
            model_name='payoutpart',
            name='vat_atoms',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='account',
            name='kind',
            field=models.CharField(choices=[('platform_receivable', 'owed by the platform'), ('period_revenue', 'revenue to be apportioned'), ('commission', 'commission kept by the platform'), ('party_payable', 'owed to a party'), ('held_unattributed', 'held: no track accounts for it'), ('held_unclaimed', "held: the track's owner is not known"), ('held_no_use', 'held: nothing was used'), ('held_disputed', 'held: its owners disagree'), ('platform_share', 'returned to the platform by contract'), ('party_reserve', 'kept in reserve for a party'), ('party_advance', 'advanced to a party, not yet recouped'), ('admin_fee', 'fee for administration'), ('withholding_tax', 'tax withheld, owed to the authority'), ('payout_clearing', 'payments on their way'), ('bank', 'paid and received through the bank'), ('other_contracts', 'advances recouped across contracts'), ('unmatched_receipts', 'received, and not known what for'), ('platform_credit', 'credited to the platform'), ('vat_payable', 'VAT charged, owed to the authority'), ('vat_reclaimable', 'VAT paid, to be reclaimed')], max_length=32),
        ),
        migrations.AlterField(
            model_name='journal',
            name='kind',
            field=models.CharField(choices=[('revenue', 'Revenue'), ('allocation', 'Allocation'), ('restatement', 'Restatement'), ('reversal', 'Reversal'), ('release', 'Release'), ('advance', 'Advance'), ('payout', 'Payout'), ('payment', 'Payment'), ('invoice', 'Invoice'), ('receipt', 'Receipt')], max_length=16),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('vat_ppm__lte', 1000000)), name='vat_is_part_of_one', violation_error_message='The VAT is above 100 %%.'),
        ),
        migrations.AddConstraint(
            model_name='payoutpart',
            constraint=models.CheckConstraint(condition=models.Q(('payable_atoms', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('gross_atoms'), '+', models.F('released_atoms')), '-', models.F('fee_atoms')), '-', models.F('reserve_atoms')), '-', models.F('recoupment_atoms')), '-', models.F('withholding_atoms')), '+', models.F('vat_atoms')))), name='payouts_add_up'),
        ),
        migrations.AddConstraint(
            model_name='payoutpart',
            constraint=models.CheckConstraint(condition=models.Q(('fee_atoms__gte', 0), ('gross_atoms__gte', 0), ('released_atoms__gte', 0), ('recoupment_atoms__gte', 0), ('reserve_atoms__gte', 0), ('payable_atoms__gte', 0), ('vat_atoms__gte', 0), ('withholding_atoms__gte', 0)), name='payouts_take_nothing_negative'),
        ),
        migrations.AddField(
            model_name='bankfile',
            name='taken_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='billingdetails',
            name='entered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='billingdetails',
            name='platform',
            field=models.ForeignKey(blank=True, help_text='Empty: the house, which writes the invoices.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='billing_details', to='catalog.platform'),
        ),
        migrations.AddField(
            model_name='invoice',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='royalty.payingaccount'),
        ),
        migrations.AddField(
            model_name='invoice',
            name='contract',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='royalty.contract'),
        ),
        migrations.AddField(
            model_name='invoice',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='royalty.billingdetails'),
        ),
        migrations.AddField(
            model_name='invoice',
            name='issued_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='invoice',
            name='supplier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='royalty.billingdetails'),
        ),
        migrations.AddField(
            model_name='invoice',
            name='through',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='royalty.period'),
        ),
        migrations.AddField(
            model_name='match',
            name='contract',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='matches', to='royalty.contract'),
        ),
        migrations.AddField(
            model_name='match',
            name='invoice',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='matches', to='royalty.invoice'),
        ),
        migrations.AddField(
            model_name='match',
            name='matched_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='match',
            name='undoes',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='undone_by', to='royalty.match'),
        ),
        migrations.AddField(
            model_name='receipt',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='royalty.payingaccount'),
        ),
        migrations.AddField(
            model_name='receipt',
            name='bank_file',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='royalty.bankfile'),
        ),
        migrations.AddField(
            model_name='receipt',
            name='contract',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='royalty.contract'),
        ),
        migrations.AddField(
            model_name='match',
            name='receipt',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='matches', to='royalty.receipt'),
        ),
        migrations.AddField(
            model_name='match',
            name='taken_back_by',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='takes_back', to='royalty.receipt'),
        ),
        migrations.AddField(
            model_name='selfbilledinvoice',
            name='cancels',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cancelled_by', to='royalty.selfbilledinvoice'),
        ),
        migrations.AddField(
            model_name='selfbilledinvoice',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='royalty.billingdetails'),
        ),
        migrations.AddField(
            model_name='selfbilledinvoice',
            name='issued_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='selfbilledinvoice',
            name='payout',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='self_billed', to='royalty.payout'),
        ),
        migrations.AddField(
            model_name='selfbilling',
            name='party',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='self_billing', to='catalog.party'),
        ),
        migrations.AddField(
            model_name='selfbilledinvoice',
            name='agreement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='royalty.selfbilling'),
        ),
        migrations.AddConstraint(
            model_name='bankfile',
            constraint=models.UniqueConstraint(fields=('kind', 'message_id'), name='a_bank_file_is_taken_once'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.UniqueConstraint(fields=('series', 'year', 'number'), name='one_invoice_a_number'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('gross_atoms', django.db.models.expressions.CombinedExpression(models.F('net_atoms'), '+', models.F('vat_atoms'))), ('net_atoms__gt', 0), ('issued_on__year', models.F('year')), ('number__gt', 0), ('vat_atoms__gte', 0)), name='invoices_add_up'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('series__in', ['INV', 'CN'])), name='invoices_are_of_a_series'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('due_on__gte', models.F('issued_on'))), name='invoices_are_due_once_issued'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.UniqueConstraint(fields=('contract', 'through'), name='a_period_is_invoiced_once'),
        ),
        migrations.AddConstraint(
            model_name='receipt',
            constraint=models.UniqueConstraint(fields=('entry_key', 'position'), name='a_bank_entry_is_taken_once'),
        ),
        migrations.AddConstraint(
            model_name='receipt',
            constraint=models.CheckConstraint(condition=models.Q(('amount_atoms__gt', 0)), name='receipts_have_an_amount'),
        ),
        migrations.AddConstraint(
            model_name='match',
            constraint=models.CheckConstraint(condition=models.Q(('amount_atoms__gt', 0)), name='matches_have_an_amount'),
        ),
        migrations.AddConstraint(
            model_name='match',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('invoice__isnull', False), ('receipt__isnull', False), ('use', 'invoice')), models.Q(('invoice__isnull', True), ('receipt__isnull', False), ('use__in', ['credit', 'returned'])), models.Q(('invoice__isnull', False), ('receipt__isnull', True), ('use', 'credit_used')), _connector='OR'), name='matches_name_what_they_match'),
        ),
        migrations.AddConstraint(
            model_name='match',
            constraint=models.CheckConstraint(condition=models.Q(('taken_back_by__isnull', True), ('use', 'returned'), _connector='OR'), name='only_what_was_returned_was_taken_back'),
        ),
        migrations.AddConstraint(
            model_name='selfbilling',
            constraint=models.CheckConstraint(condition=models.Q(('vat_ppm__lte', 1000000), models.Q(('vat_number', ''), _negated=True)), name='self_billing_has_a_rate_and_a_number', violation_error_message='It needs a VAT number and a rate of at most 100 %%.'),
        ),
        migrations.AddConstraint(
            model_name='selfbilling',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gt', models.F('valid_from')), _connector='OR'), name='self_billing_lasts_a_day', violation_error_message='It ends before it begins.'),
        ),
        migrations.AddConstraint(
            model_name='selfbilling',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.F('party'), '='), (models.Func(models.F('valid_from'), models.F('valid_until'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='one_self_billing_a_payee_and_day', violation_error_message='The party has an agreement on some of these days.'),
        ),
        migrations.AddConstraint(
            model_name='selfbilledinvoice',
            constraint=models.UniqueConstraint(fields=('series', 'year', 'number'), name='one_self_billed_invoice_a_number'),
        ),
        migrations.AddConstraint(
            model_name='selfbilledinvoice',
            constraint=models.CheckConstraint(condition=models.Q(('gross_atoms', django.db.models.expressions.CombinedExpression(models.F('net_atoms'), '+', models.F('vat_atoms'))), ('net_atoms__gt', 0), ('issued_on__year', models.F('year')), ('number__gt', 0), ('vat_atoms__gte', 0)), name='self_billed_invoices_add_up'),
        ),
        migrations.AddConstraint(
            model_name='selfbilledinvoice',
            constraint=models.UniqueConstraint(fields=('payout', 'series'), name='a_payout_is_self_billed_once'),
        ),
        migrations.AddConstraint(
            model_name='selfbilledinvoice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cancels__isnull', True), ('series', 'SB')), models.Q(('cancels__isnull', False), ('series', 'SBC')), _connector='OR'), name='cancellations_name_what_they_cancel'),
        ),
        migrations.RunSQL(SQL.read_text(), UNGUARD),
        application_sql(RIGHTS),
        *POLICIES,
    ]
