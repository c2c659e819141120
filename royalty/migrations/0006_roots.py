"""Roots of closed periods, the secrets of their salts, and the proofs of statements."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from common.database.migration import application_sql
from common.database.policies import guard

SQL = Path(__file__).parent / "sql" / "roots.sql"
RIGHTS = """
REVOKE UPDATE, DELETE ON royalty_periodroot, royalty_periodsecret FROM {application};
GRANT UPDATE (proof_name, proof_sha256) ON royalty_statement TO {application};
"""
UNGUARD = """
DROP TRIGGER append_only ON royalty_periodsecret;
DROP TRIGGER append_only ON royalty_periodroot;
DROP TRIGGER admit_root ON royalty_periodroot;
DROP FUNCTION royalty_admit_root();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('royalty', '0005_held_releases'),
    ]

    operations = [
        migrations.AddField(
            model_name='statement',
            name='proof_name',
            field=models.CharField(blank=True, default='', max_length=300),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='statement',
            name='proof_sha256',
            field=models.CharField(blank=True, default='', max_length=64),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name='PeriodRoot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('leaf_count', models.PositiveBigIntegerField()),
                ('root_sha256', models.CharField(max_length=64)),
                ('chain_sha256', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('period', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='root', to='royalty.period')),
                ('previous', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='following', to='royalty.periodroot')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='royalty.allocationrun')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('previous__isnull', True), models.Q(('previous', models.F('id')), _negated=True), _connector='OR'), name='roots_do_not_follow_themselves')],
            },
        ),
        migrations.CreateModel(
            name='PeriodSecret',
            fields=[
                ('root', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='secret', serialize=False, to='royalty.periodroot')),
                ('key', models.BinaryField(max_length=32)),
            ],
        ),
        migrations.RunSQL(SQL.read_text(), UNGUARD),
        application_sql(RIGHTS),
        guard("royalty_periodroot", see="period_id IN (SELECT tenant_periods())"),
        guard("royalty_periodsecret"),
    ]
