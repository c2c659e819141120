"""The files of a statement have a table of their own, so that there may be more kinds of them."""

import django.db.models.deletion
from django.db import migrations, models

from common.database.migration import application_sql
from common.database.policies import guard

APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON royalty_statementfile
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_change('a payee may have it');
ALTER TABLE royalty_statementfile ENABLE ALWAYS TRIGGER append_only;
"""
RIGHTS = "REVOKE UPDATE, DELETE ON royalty_statementfile FROM {application};"
MOVE = """
INSERT INTO royalty_statementfile (statement_id, kind, name, sha256, rendered_at)
SELECT statement.id, file.kind, file.name, file.sha256, statement.rendered_at
  FROM royalty_statement statement
 CROSS JOIN LATERAL (VALUES ('pdf', pdf_name, pdf_sha256), ('csv', csv_name, csv_sha256),
                            ('proof', proof_name, proof_sha256)) file (kind, name, sha256)
 WHERE file.name <> '' AND statement.rendered_at IS NOT NULL
 ORDER BY statement.id, file.kind;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""
OF_ITS_STATEMENTS = "statement_id IN (SELECT id FROM royalty_statement)"  # those that it sees


class Migration(migrations.Migration):

    dependencies = [
        ('royalty', '0013_terms'),
    ]

    operations = [
        migrations.CreateModel(
            name='StatementFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('pdf', 'PDF'), ('csv', 'CSV'), ('tsv', 'TSV'), ('xlsx', 'XLSX'), ('json', 'JSON'), ('rdr', 'RDR-R'), ('proof', 'Proof')], max_length=8)),
                ('name', models.CharField(max_length=300)),
                ('sha256', models.CharField(max_length=64)),
                ('rendered_at', models.DateTimeField()),
                ('statement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='royalty.statement')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('statement', 'kind'), name='one_file_a_kind'), models.UniqueConstraint(fields=('name',), name='files_have_names_of_their_own')],
            },
        ),
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
        migrations.RemoveField(
            model_name='statement',
            name='csv_name',
        ),
        migrations.RemoveField(
            model_name='statement',
            name='csv_sha256',
        ),
        migrations.RemoveField(
            model_name='statement',
            name='pdf_name',
        ),
        migrations.RemoveField(
            model_name='statement',
            name='pdf_sha256',
        ),
        migrations.RemoveField(
            model_name='statement',
            name='proof_name',
        ),
        migrations.RemoveField(
            model_name='statement',
            name='proof_sha256',
        ),
        migrations.RunSQL(APPEND_ONLY, "DROP TRIGGER append_only ON royalty_statementfile;"),
        application_sql(RIGHTS),
        guard("royalty_statementfile", see=OF_ITS_STATEMENTS),
    ]
