"""What a payee's own people enter: bank details that wait, and what they say for taxes."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from common.database.migration import application_sql
from common.database.policies import guard

OF_ITS_PARTIES = "party_id IN (SELECT tenant_parties())"
DETAILS = "details_id IN (SELECT id FROM royalty_bankdetails)"  # those that the tenant sees
APPEND_ONLY = "REVOKE UPDATE, DELETE ON royalty_payeetax, royalty_takenback FROM {application}"

class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0014_what_was_merged'),
        ('royalty', '0028_country_of_a_contract'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='bankdetails',
            name='counts_from',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.CreateModel(
            name='PayeeTax',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('country', models.CharField(help_text='Where it pays tax, as in DE.', max_length=2)),
                ('vat_number', models.CharField(blank=True, max_length=20)),
                ('tax_number', models.CharField(blank=True, max_length=40)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tax_details', to='catalog.party')),
            ],
            options={
                'verbose_name_plural': 'payee tax details',
            },
        ),
        migrations.CreateModel(
            name='TakenBack',
            fields=[
                ('details', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='taken_back', serialize=False, to='royalty.bankdetails')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        guard("royalty_payeetax", see=OF_ITS_PARTIES),
        guard("royalty_takenback", see=DETAILS),
        application_sql(APPEND_ONLY),
    ]
