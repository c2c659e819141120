"""Restatements say why: their kind and reason, and which run took the place of which."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from common.database.migration import application_sql
from common.database.policies import guard, tenant_set

SQL = Path(__file__).parent / "sql" / "restatements.sql"
RIGHTS = "REVOKE UPDATE, DELETE ON royalty_restatement FROM {application};"
UNGUARD = """
DROP TRIGGER append_only ON royalty_restatement;
DROP TRIGGER admit_restatement ON royalty_restatement;
DROP FUNCTION royalty_admit_restatement();
"""
# What was restated before reasons were kept.
OLDER = """
INSERT INTO royalty_restatement
       (period_id, run_id, instead_of_id, journal_id, kind, reason, restated_by_id, created_at)
SELECT run.period_id, run.id,
       (SELECT max(earlier.id) FROM royalty_allocationrun earlier
         WHERE earlier.period_id = run.period_id AND earlier.id < run.id),
       journal.id, 'correction', 'posted before reasons were kept', run.computed_by_id,
       journal.created_at
  FROM royalty_journal journal
  JOIN royalty_allocationrun run ON journal.idempotency_key = 'run:' || run.id || ':restatement'
 WHERE journal.kind = 'restatement'
 ORDER BY run.id;
"""
# A payee reads which period a correction is about, also where it had no statement of that period.
RESTATED = tenant_set(
    "tenant_restated",
    query="SELECT period_id FROM royalty_restatement"
    " WHERE journal_id IN (SELECT tenant_journals())",
)


class Migration(migrations.Migration):

    dependencies = [
        ('royalty', '0009_known_entries'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Restatement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('late_usage', 'late usage'), ('attribution', 'attributed anew'), ('ownership', 'changed ownership'), ('dispute', 'resolved dispute'), ('correction', 'correction')], max_length=16)),
                ('reason', models.CharField(max_length=250)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('instead_of', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='royalty.allocationrun')),
                ('journal', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='restatement', to='royalty.journal')),
                ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='restatements', to='royalty.period')),
                ('restated_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('run', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='restatement', to='royalty.allocationrun')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='restatements_have_a_reason'), models.CheckConstraint(condition=models.Q(('run', models.F('instead_of')), _negated=True), name='restatements_replace_another_run')],
            },
        ),
        migrations.RunSQL(OLDER, migrations.RunSQL.noop),
        migrations.RunSQL(SQL.read_text(), UNGUARD),
        application_sql(RIGHTS),
        guard("royalty_restatement", see="journal_id IN (SELECT tenant_journals())"),
        RESTATED,
        guard(
            "royalty_period",
            see="id IN (SELECT tenant_periods()) OR id IN (SELECT tenant_restated())",
        ),
    ]
