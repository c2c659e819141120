"""Agreements with payees, bank details, batches of payouts; accounts that name a party or none."""

from pathlib import Path

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
import royalty.models.payees
from django.conf import settings
from django.db import migrations, models

from common.database.migration import application_sql
from common.database.policies import guard, tenant_set

SQL = Path(__file__).parent / "sql" / "payouts.sql"
RIGHTS = """
REVOKE UPDATE, DELETE ON royalty_bankdetails, royalty_payingaccount, royalty_payoutpart,
    royalty_payout, royalty_payoutbatch, royalty_payeeterms, royalty_withholding FROM {application};
GRANT UPDATE (valid_until) ON royalty_payeeterms TO {application};
GRANT UPDATE (valid_until) ON royalty_withholding TO {application};
GRANT UPDATE (status, approved_by_id, approved_at, file_name, file_sha256, sent_by_id, sent_at)
    ON royalty_payoutbatch TO {application};
GRANT UPDATE (status, settled_on, return_reason) ON royalty_payout TO {application};
"""
UNGUARD = """
DROP TRIGGER admit_part ON royalty_payoutpart;
DROP TRIGGER guard_payout ON royalty_payout;
DROP TRIGGER guard_batch ON royalty_payoutbatch;
DROP FUNCTION royalty_admit_payout_part();
DROP FUNCTION royalty_guard_payout();
DROP FUNCTION royalty_guard_batch();
"""
# What is agreed with payees, fees above all, is no business of the platform.
OF_PLATFORMS = (
    "'platform_receivable', 'period_revenue', 'commission', 'held_unattributed',"
    " 'held_unclaimed', 'held_no_use', 'platform_share'"
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
OF_ITS_PARTIES = "party_id IN (SELECT tenant_parties())"
PAYOUTS = "payout_id IN (SELECT id FROM royalty_payout)"  # those that the tenant sees
POLICIES = [
    guard("royalty_payeeterms", see=OF_ITS_PARTIES),
    guard("royalty_withholding", see=OF_ITS_PARTIES),
    guard("royalty_bankdetails", see=OF_ITS_PARTIES),
    guard("royalty_payingaccount"),
    guard("royalty_payoutbatch"),
    guard("royalty_payout", see=OF_ITS_PARTIES),
    guard("royalty_payoutpart", see=PAYOUTS),
]


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0006_blanks'),
        ('royalty', '0006_roots'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BankDetails',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='As the bank knows the owner.', max_length=70)),
                ('street', models.CharField(blank=True, max_length=70)),
                ('building', models.CharField(blank=True, max_length=16)),
                ('postcode', models.CharField(blank=True, max_length=16)),
                ('town', models.CharField(max_length=35)),
                ('country', models.CharField(help_text='Two letters, as in DE.', max_length=2)),
                ('iban', models.CharField(max_length=34)),
                ('bic', models.CharField(blank=True, help_text='Not needed within SEPA.', max_length=11)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name_plural': 'bank details',
            },
        ),
        migrations.CreateModel(
            name='PayeeTerms',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', models.CharField(max_length=3)),
                ('admin_fee_ppm', models.PositiveIntegerField(default=0, help_text='Millionths of the whole: 150,000 is 15 %.')),
                ('reserve_ppm', models.PositiveIntegerField(default=0, help_text='Millionths of the whole: 150,000 is 15 %.')),
                ('reserve_months', models.PositiveSmallIntegerField(default=12)),
                ('threshold_minor', models.PositiveBigIntegerField(default=0, help_text='In cents, or the like.')),
                ('crosses_contracts', models.BooleanField(default=False)),
                ('order', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), default=royalty.models.payees.order_of_the_waterfall, size=None)),
                ('valid_from', models.DateField()),
                ('valid_until', models.DateField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name_plural': 'payee terms',
            },
        ),
        migrations.CreateModel(
            name='PayingAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='As the bank knows the owner.', max_length=70)),
                ('street', models.CharField(blank=True, max_length=70)),
                ('building', models.CharField(blank=True, max_length=16)),
                ('postcode', models.CharField(blank=True, max_length=16)),
                ('town', models.CharField(max_length=35)),
                ('country', models.CharField(help_text='Two letters, as in DE.', max_length=2)),
                ('iban', models.CharField(max_length=34)),
                ('bic', models.CharField(blank=True, help_text='Not needed within SEPA.', max_length=11)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('currency', models.CharField(max_length=3)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Payout',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('payable_atoms', models.BigIntegerField()),
                ('withholding_document', models.CharField(blank=True, max_length=200)),
                ('status', models.CharField(choices=[('pending', 'Pending'), ('paid', 'Paid'), ('returned', 'Returned'), ('offset', 'settled without a payment')], default='pending', max_length=16)),
                ('settled_on', models.DateField(null=True)),
                ('return_reason', models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='PayoutBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', models.CharField(max_length=3)),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('approved', 'Approved'), ('exported', 'Exported'), ('sent', 'Sent'), ('settled', 'Settled'), ('discarded', 'Discarded')], default='draft', max_length=16)),
                ('posted_on', models.DateField()),
                ('execution_date', models.DateField()),
                ('notes', models.JSONField(default=list)),
                ('made_at', models.DateTimeField()),
                ('approved_at', models.DateTimeField(null=True)),
                ('file_name', models.CharField(blank=True, max_length=300)),
                ('file_sha256', models.CharField(blank=True, max_length=64)),
                ('sent_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name_plural': 'payout batches',
                'permissions': (('approve_payoutbatch', 'Can approve and discard payout batches'),),
            },
        ),
        migrations.CreateModel(
            name='PayoutPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gross_atoms', models.BigIntegerField()),
                ('released_atoms', models.BigIntegerField()),
                ('fee_atoms', models.BigIntegerField()),
                ('reserve_atoms', models.BigIntegerField()),
                ('reserve_until', models.DateField()),
                ('recoupment_atoms', models.BigIntegerField()),
                ('withholding_atoms', models.BigIntegerField()),
                ('payable_atoms', models.BigIntegerField()),
                ('deductions', models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name='Withholding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('statutory_ppm', models.PositiveIntegerField(help_text='Millionths of the whole: 150,000 is 15 %.')),
                ('reduced_ppm', models.PositiveIntegerField(blank=True, help_text='Millionths of the whole: 150,000 is 15 %.', null=True)),
                ('document', models.CharField(blank=True, help_text='Its kind and number.', max_length=200)),
                ('document_expires_on', models.DateField(blank=True, help_text='The last good day.', null=True)),
                ('valid_from', models.DateField()),
                ('valid_until', models.DateField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='account',
            name='payables_name_their_party',
        ),
        migrations.RemoveConstraint(
            model_name='statement',
            name='statements_add_up',
        ),
        migrations.AddField(
            model_name='statement',
            name='settled_atoms',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='account',
            name='kind',
            field=models.CharField(choices=[('platform_receivable', 'owed by the platform'), ('period_revenue', 'revenue to be apportioned'), ('commission', 'commission kept by the platform'), ('party_payable', 'owed to a party'), ('held_unattributed', 'held: no track accounts for it'), ('held_unclaimed', "held: the track's owner is not known"), ('held_no_use', 'held: nothing was used'), ('platform_share', 'returned to the platform by contract'), ('party_reserve', 'kept in reserve for a party'), ('party_advance', 'advanced to a party, not yet recouped'), ('admin_fee', 'fee for administration'), ('withholding_tax', 'tax withheld, owed to the authority'), ('payout_clearing', 'payments on their way'), ('bank', 'paid and received through the bank'), ('other_contracts', 'advances recouped across contracts')], max_length=32),
        ),
        migrations.AlterField(
            model_name='journal',
            name='kind',
            field=models.CharField(choices=[('revenue', 'Revenue'), ('allocation', 'Allocation'), ('restatement', 'Restatement'), ('reversal', 'Reversal'), ('release', 'Release'), ('advance', 'Advance'), ('payout', 'Payout'), ('payment', 'Payment')], max_length=16),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('party_payable', 'party_reserve', 'party_advance')), ('party__isnull', False)), models.Q(models.Q(('kind__in', ('party_payable', 'party_reserve', 'party_advance')), _negated=True), ('party__isnull', True)), _connector='OR'), name='accounts_of_parties_name_them'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.CheckConstraint(condition=models.Q(('closing_atoms', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('opening_atoms'), '+', models.F('attributed_atoms')), '+', models.F('fallback_atoms')), '+', models.F('adjustment_atoms')), '+', models.F('settled_atoms')))), name='statements_add_up'),
        ),
        migrations.AddField(
            model_name='bankdetails',
            name='entered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='bankdetails',
            name='party',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bank_details', to='catalog.party'),
        ),
        migrations.AddField(
            model_name='payeeterms',
            name='party',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payee_terms', to='catalog.party'),
        ),
        migrations.AddField(
            model_name='payingaccount',
            name='entered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='payout',
            name='bank_details',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payouts', to='royalty.bankdetails'),
        ),
        migrations.AddField(
            model_name='payout',
            name='party',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payouts', to='catalog.party'),
        ),
        migrations.AddField(
            model_name='payoutbatch',
            name='approved_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='payoutbatch',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='payoutbatch',
            name='paying_account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='batches', to='royalty.payingaccount'),
        ),
        migrations.AddField(
            model_name='payoutbatch',
            name='sent_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='payout',
            name='batch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payouts', to='royalty.payoutbatch'),
        ),
        migrations.AddField(
            model_name='payoutpart',
            name='contract',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payout_parts', to='royalty.contract'),
        ),
        migrations.AddField(
            model_name='payoutpart',
            name='payout',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='royalty.payout'),
        ),
        migrations.AddField(
            model_name='withholding',
            name='party',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='withholdings', to='catalog.party'),
        ),
        migrations.AddConstraint(
            model_name='payeeterms',
            constraint=models.CheckConstraint(condition=models.Q(('admin_fee_ppm__lte', 1000000), ('reserve_ppm__lte', 1000000)), name='fees_and_reserves_are_parts_of_one', violation_error_message='A fee or a reserve is above 100 %%.'),
        ),
        migrations.AddConstraint(
            model_name='payeeterms',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gt', models.F('valid_from')), _connector='OR'), name='payee_terms_last_a_day', violation_error_message='They end before they begin.'),
        ),
        migrations.AddConstraint(
            model_name='payeeterms',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.F('party'), '='), (models.F('currency'), '='), (models.Func(models.F('valid_from'), models.F('valid_until'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='one_agreement_a_payee_and_day', violation_error_message='The party has terms in this currency on some of these days.'),
        ),
        migrations.AddConstraint(
            model_name='payoutbatch',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(('approved_by', models.F('made_by')), _negated=True), _connector='OR'), name='payouts_are_approved_by_a_second_person'),
        ),
        migrations.AddConstraint(
            model_name='payoutbatch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved_by__isnull', True), ('status__in', ['draft', 'discarded'])), models.Q(('status__in', ['approved', 'exported', 'sent', 'settled']), ('approved_at__isnull', False), ('approved_by__isnull', False)), _connector='OR'), name='payouts_name_who_approved_them'),
        ),
        migrations.AddConstraint(
            model_name='payoutbatch',
            constraint=models.CheckConstraint(condition=models.Q(('file_name', ''), models.Q(('file_sha256', ''), _negated=True), _connector='OR'), name='payment_files_have_their_hash'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.UniqueConstraint(fields=('batch', 'party'), name='a_party_is_paid_once_a_batch'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('payable_atoms', 0), ('status', 'offset')), models.Q(('bank_details__isnull', False), ('payable_atoms__gt', 0), models.Q(('status', 'offset'), _negated=True)), _connector='OR'), name='payments_have_an_amount_and_an_account'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'returned'), models.Q(('return_reason', ''), _negated=True)), models.Q(models.Q(('status', 'returned'), _negated=True), ('return_reason', '')), _connector='OR'), name='returned_payments_say_why'),
        ),
        migrations.AddConstraint(
            model_name='payoutpart',
            constraint=models.UniqueConstraint(fields=('payout', 'contract'), name='one_part_a_payout_and_contract'),
        ),
        migrations.AddConstraint(
            model_name='payoutpart',
            constraint=models.CheckConstraint(condition=models.Q(('payable_atoms', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('gross_atoms'), '+', models.F('released_atoms')), '-', models.F('fee_atoms')), '-', models.F('reserve_atoms')), '-', models.F('recoupment_atoms')), '-', models.F('withholding_atoms')))), name='payouts_add_up'),
        ),
        migrations.AddConstraint(
            model_name='payoutpart',
            constraint=models.CheckConstraint(condition=models.Q(('fee_atoms__gte', 0), ('gross_atoms__gte', 0), ('released_atoms__gte', 0), ('recoupment_atoms__gte', 0), ('reserve_atoms__gte', 0), ('payable_atoms__gte', 0), ('withholding_atoms__gte', 0)), name='payouts_take_nothing_negative'),
        ),
        migrations.AddConstraint(
            model_name='withholding',
            constraint=models.CheckConstraint(condition=models.Q(('statutory_ppm__lte', 1000000), models.Q(('reduced_ppm__isnull', True), ('reduced_ppm__lte', models.F('statutory_ppm')), _connector='OR')), name='withholding_is_part_of_one_and_reduced_by_treaty', violation_error_message='A rate is above 100 %%, or reduced above the legal one.'),
        ),
        migrations.AddConstraint(
            model_name='withholding',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('document', ''), ('document_expires_on__isnull', True), ('reduced_ppm__isnull', True)), models.Q(('document_expires_on__isnull', False), ('reduced_ppm__isnull', False), models.Q(('document', ''), _negated=True)), _connector='OR'), name='reduced_withholding_has_its_document', violation_error_message='A reduced rate needs a document and its last good day.'),
        ),
        migrations.AddConstraint(
            model_name='withholding',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gt', models.F('valid_from')), _connector='OR'), name='withholdings_last_a_day', violation_error_message='It ends before it begins.'),
        ),
        migrations.AddConstraint(
            model_name='withholding',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.F('party'), '='), (models.Func(models.F('valid_from'), models.F('valid_until'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='one_withholding_a_payee_and_day', violation_error_message='The party has a rate of withholding on some of these days.'),
        ),
        migrations.RunSQL(SQL.read_text(), UNGUARD),
        application_sql(RIGHTS),
        ACCOUNTS,
        *POLICIES,
    ]
