"""Journals that people post by hand name them; held money is released by two of them."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from common.database.migration import application_sql
from common.database.policies import guard

SQL = Path(__file__).parent / "sql" / "releases.sql"
RIGHTS = """
REVOKE UPDATE, DELETE ON royalty_heldrelease FROM {application};
GRANT UPDATE (decided_by_id, decided_at, journal_id) ON royalty_heldrelease TO {application};
"""
UNGUARD = """
DROP TRIGGER guard_release ON royalty_heldrelease;
DROP TRIGGER append_only ON royalty_heldrelease;
DROP FUNCTION royalty_guard_release();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('royalty', '0004_words'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='contract',
            name='holding_months',
            field=models.PositiveSmallIntegerField(default=36),
        ),
        migrations.AddField(
            model_name='journal',
            name='posted_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='journal',
            name='kind',
            field=models.CharField(choices=[('revenue', 'Revenue'), ('allocation', 'Allocation'), ('restatement', 'Restatement'), ('reversal', 'Reversal'), ('release', 'Release')], max_length=16),
        ),
        migrations.CreateModel(
            name='HeldRelease',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('to', models.CharField(choices=[('parties', "the period's parties, in proportion to what they earned in it"), ('platform', 'the platform')], max_length=16)),
                ('amount_atoms', models.BigIntegerField()),
                ('reason', models.CharField(max_length=300)),
                ('requested_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='royalty.account')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('journal', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='release', to='royalty.journal')),
                ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='royalty.period')),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_atoms__gt', 0)), name='releases_are_of_an_amount'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('journal__isnull', True)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='releases_name_who_decided'), models.CheckConstraint(condition=models.Q(('journal__isnull', True), models.Q(('decided_by', models.F('requested_by')), _negated=True), _connector='OR'), name='releases_are_approved_by_a_second_person')],
            },
        ),
        migrations.RunSQL(SQL.read_text(), UNGUARD),
        application_sql(RIGHTS),
        guard("royalty_heldrelease"),
    ]
