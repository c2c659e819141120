"""Statements are drafts until a person publishes them; who was told of it by e-mail.

What was closed before counts as published by whoever closed it: payees have seen it.
"""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from common.database.migration import application_sql
from common.database.policies import guard, tenant_set

SQL = Path(__file__).parent / "sql" / "publishing.sql"
RIGHTS = """
REVOKE UPDATE, DELETE ON royalty_publication, royalty_notice FROM {application};
GRANT UPDATE (status, address, attempts, sent_at, error) ON royalty_notice TO {application};
GRANT UPDATE (publication_id) ON royalty_statement TO {application};
"""
UNGUARD = """
DROP TRIGGER append_only ON royalty_notice;
DROP TRIGGER guard_notice ON royalty_notice;
DROP TRIGGER guard_draft ON royalty_statement;
DROP TRIGGER append_only ON royalty_publication;
DROP TRIGGER admit_publication ON royalty_publication;
DROP FUNCTION royalty_guard_notice();
DROP FUNCTION royalty_guard_draft();
DROP FUNCTION royalty_admit_publication();
"""
# Made whole before the triggers come: a table with work left to do takes none.
SEEN_ALREADY = """
INSERT INTO royalty_publication (period_id, published_by_id, published_at, statement_count)
SELECT period.id, period.closed_by_id, period.closed_at, count(*)
  FROM royalty_period period JOIN royalty_statement statement ON statement.period_id = period.id
 WHERE period.status = 'closed'
 GROUP BY period.id ORDER BY period.id;
UPDATE royalty_statement statement SET publication_id = publication.id
  FROM royalty_publication publication WHERE publication.period_id = statement.period_id;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""
OF_PAYEES = (
    "FROM royalty_statement WHERE party_id IN (SELECT tenant_parties())"
    " AND publication_id IS NOT NULL"
)
# A payee comes to know a period, its run and its root by a statement that was published.
FUNCTIONS = [
    tenant_set(
        "tenant_periods",
        query=f"""
            SELECT id FROM royalty_period WHERE contract_id IN (SELECT tenant_own_contracts())
            UNION
            SELECT period_id {OF_PAYEES}""",  # noqa: S608 ours
    ),
    tenant_set(
        "tenant_runs",
        query=f"""
            SELECT run.id FROM royalty_allocationrun run
              JOIN royalty_period period ON period.id = run.period_id
             WHERE period.contract_id IN (SELECT tenant_own_contracts())
            UNION
            SELECT run_id {OF_PAYEES}""",  # noqa: S608 ours
    ),
    tenant_set("tenant_publications", query=f"SELECT DISTINCT publication_id {OF_PAYEES}"),  # noqa: S608 ours
]


class Migration(migrations.Migration):

    dependencies = [
        ('royalty', '0014_statement_files'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('published_at', models.DateTimeField()),
                ('statement_count', models.PositiveIntegerField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='publications', to='royalty.period')),
                ('published_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('statement_count__gt', 0)), name='publications_publish_something')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.EmailField(max_length=254)),
                ('subject', models.CharField(max_length=300)),
                ('body', models.TextField()),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('sending', 'Sending'), ('sent', 'Sent'), ('failed', 'Failed')], default='waiting', max_length=16)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('sent_at', models.DateTimeField(null=True)),
                ('error', models.CharField(blank=True, max_length=500)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='royalty.publication')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('publication', 'user'), name='a_person_is_told_once_of_a_publication'), models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('status', 'sent')), models.Q(models.Q(('status', 'sent'), _negated=True), ('sent_at__isnull', True)), _connector='OR'), name='sent_notices_say_when'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'failed'), _negated=True), models.Q(('error', ''), _negated=True), _connector='OR'), name='failed_notices_say_why')],
            },
        ),
        migrations.AddField(
            model_name='statement',
            name='publication',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='royalty.publication'),
        ),
        migrations.RunSQL(SEEN_ALREADY, migrations.RunSQL.noop),
        migrations.RunSQL(SQL.read_text(), UNGUARD),
        application_sql(RIGHTS),
        *FUNCTIONS,
        guard(
            "royalty_statement",
            see="party_id IN (SELECT tenant_parties()) AND publication_id IS NOT NULL",
        ),
        guard("royalty_publication", see="id IN (SELECT tenant_publications())"),
        guard("royalty_notice"),
    ]
