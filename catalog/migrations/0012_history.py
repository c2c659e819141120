"""Every change of a right is kept, identifiers stand in their normal form, and no version or merge
goes round in a circle.

A rights holder sees what became of works, tracks, shares, credits and consents as far as it sees
these themselves, and of parties its own; who in person made a change is for system alone.
"""

from pathlib import Path

import catalog.models.identifiers
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from common.database.migration import application_sql
from common.database.policies import guard

SQL = Path(__file__).parent / "sql"
# Whoever has a part in the composition sees all that became of it; of a track's recording likewise.
# A track itself and its consents are seen with the work too, a work itself with its tracks.
SEEN = """
    of_work IN (SELECT tenant_works())
    OR of_track IN (SELECT tenant_recordings())
    OR kind IN ('track', 'consent') AND of_track IN (SELECT tenant_tracks())
    OR kind = 'work' AND of_work IN (
        SELECT work_id FROM catalog_track WHERE id IN (SELECT tenant_recordings()))
    OR of_party IN (SELECT tenant_parties())"""
APPEND_ONLY = """
REVOKE UPDATE, DELETE ON catalog_change, catalog_changeset, catalog_changeauthor
  FROM {application};
"""


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0011_deliveries_instead'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('kind', models.CharField(choices=[('work', 'Work'), ('track', 'Track'), ('party', 'Party'), ('share', 'Share'), ('credit', 'Credit'), ('consent', 'Consent')], max_length=8)),
                ('object_id', models.BigIntegerField()),
                ('operation', models.CharField(choices=[('made', 'Made'), ('altered', 'Altered'), ('removed', 'Removed')], max_length=8)),
                ('of_work', models.BigIntegerField(null=True)),
                ('of_track', models.BigIntegerField(null=True)),
                ('of_party', models.BigIntegerField(null=True)),
                ('before', models.JSONField(null=True)),
                ('after', models.JSONField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='ChangeSet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('actor', models.CharField(max_length=300)),
                ('reason', models.TextField()),
                ('source', models.CharField(max_length=200)),
            ],
        ),
        migrations.AlterField(
            model_name='party',
            name='ddex_party_id',
            field=catalog.models.identifiers.IdentifierField(blank=True, max_length=18, verbose_name='DDEX party id'),
        ),
        migrations.AlterField(
            model_name='party',
            name='ipi_base',
            field=catalog.models.identifiers.IdentifierField(blank=True, max_length=13, verbose_name='IPI base number'),
        ),
        migrations.AlterField(
            model_name='party',
            name='ipi_name',
            field=catalog.models.identifiers.IdentifierField(blank=True, max_length=11, verbose_name='IPI name number'),
        ),
        migrations.AlterField(
            model_name='party',
            name='isni',
            field=catalog.models.identifiers.IdentifierField(blank=True, max_length=16, verbose_name='ISNI'),
        ),
        migrations.AlterField(
            model_name='track',
            name='isrc',
            field=catalog.models.identifiers.IdentifierField(blank=True, max_length=12, verbose_name='ISRC'),
        ),
        migrations.AlterField(
            model_name='track',
            name='release_ean',
            field=catalog.models.identifiers.IdentifierField(blank=True, max_length=13, verbose_name='EAN/UPC'),
        ),
        migrations.AlterField(
            model_name='work',
            name='iswc',
            field=catalog.models.identifiers.IdentifierField(blank=True, max_length=11, verbose_name='ISWC'),
        ),
        migrations.AddConstraint(
            model_name='party',
            constraint=models.CheckConstraint(condition=models.Q(('ipi_name', ''), ('ipi_name__regex', '^[0-9]{11}$'), _connector='OR'), name='ipi_names_are_normal', violation_error_message='It is not written in its normal form.'),
        ),
        migrations.AddConstraint(
            model_name='party',
            constraint=models.CheckConstraint(condition=models.Q(('ipi_base', ''), ('ipi_base__regex', '^I[0-9]{10}$'), _connector='OR'), name='ipi_bases_are_normal', violation_error_message='It is not written in its normal form.'),
        ),
        migrations.AddConstraint(
            model_name='party',
            constraint=models.CheckConstraint(condition=models.Q(('isni', ''), ('isni__regex', '^[0-9]{15}[0-9X]$'), _connector='OR'), name='isnis_are_normal', violation_error_message='It is not written in its normal form.'),
        ),
        migrations.AddConstraint(
            model_name='party',
            constraint=models.CheckConstraint(condition=models.Q(('ddex_party_id', ''), ('ddex_party_id__regex', '^PADPIDA[A-Z0-9]{11}$'), _connector='OR'), name='ddex_ids_are_normal', violation_error_message='It is not written in its normal form.'),
        ),
        migrations.AddConstraint(
            model_name='track',
            constraint=models.CheckConstraint(condition=models.Q(('isrc', ''), ('isrc__regex', '^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$'), _connector='OR'), name='isrcs_are_normal', violation_error_message='It is not written in its normal form.'),
        ),
        migrations.AddConstraint(
            model_name='track',
            constraint=models.CheckConstraint(condition=models.Q(('release_ean', ''), ('release_ean__regex', '^[0-9]{13}$'), _connector='OR'), name='eans_are_normal', violation_error_message='It is not written in its normal form.'),
        ),
        migrations.AddConstraint(
            model_name='work',
            constraint=models.CheckConstraint(condition=models.Q(('iswc', ''), ('iswc__regex', '^T[0-9]{10}$'), _connector='OR'), name='iswcs_are_normal', violation_error_message='It is not written in its normal form.'),
        ),
        migrations.AddField(
            model_name='change',
            name='change_set',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='catalog.changeset'),
        ),
        migrations.CreateModel(
            name='ChangeAuthor',
            fields=[
                ('change_set', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='author', serialize=False, to='catalog.changeset')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddIndex(
            model_name='change',
            index=models.Index(condition=models.Q(('of_work__isnull', False)), fields=['of_work'], name='changes_of_work'),
        ),
        migrations.AddIndex(
            model_name='change',
            index=models.Index(condition=models.Q(('of_track__isnull', False)), fields=['of_track'], name='changes_of_track'),
        ),
        migrations.AddIndex(
            model_name='change',
            index=models.Index(condition=models.Q(('of_party__isnull', False)), fields=['of_party'], name='changes_of_party'),
        ),
        migrations.RunSQL((SQL / "history.sql").read_text()),
        migrations.RunSQL((SQL / "no_circles.sql").read_text()),
        application_sql(APPEND_ONLY),
        guard("catalog_change", see=SEEN),
        guard(
            "catalog_changeset",
            see="EXISTS (SELECT FROM catalog_change change"
            " WHERE change.change_set_id = catalog_changeset.id)",
        ),
        guard("catalog_changeauthor"),
    ]
