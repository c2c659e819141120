"""More of what exists and who has a part in it: versions, identifiers, credits, territories, senders,
merges, and consents that forbid.

A credit is shown as the shares beside it are, to whoever has or had one; a sender to its own people.
"""

import catalog.models.rights
import catalog.models.territories
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

from common.database.policies import OF_THE_ORGANISATION, guard, tenant_set

KNOWN_PARTIES = """
    SELECT tenant_parties()
    UNION
    SELECT party_id FROM catalog_share WHERE work_id IN (SELECT tenant_works())
    UNION
    SELECT party_id FROM catalog_share WHERE track_id IN (SELECT tenant_recordings())
    UNION
    SELECT party_id FROM catalog_credit WHERE work_id IN (SELECT tenant_works())
    UNION
    SELECT party_id FROM catalog_credit WHERE track_id IN (SELECT tenant_recordings())"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_rotation_networks_rates'),
        ('catalog', '0008_platforms_register'),
    ]

    operations = [
        migrations.CreateModel(
            name='Credit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('composer', 'Composer'), ('lyricist', 'Lyricist'), ('arranger', 'Arranger'), ('publisher', 'Publisher'), ('sub_publisher', 'sub-publisher'), ('performer', 'Performer'), ('featured_performer', 'featured performer'), ('session_performer', 'session performer'), ('label', 'Label'), ('editor', 'editor or encoder')], max_length=24)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='Sender',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(unique=True)),
                ('name', models.CharField(max_length=200)),
                ('column_of', models.JSONField(blank=True, default=dict)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='consent',
            name='one_consent_a_start',
        ),
        migrations.RemoveConstraint(
            model_name='share',
            name='shares_do_not_overlap',
        ),
        migrations.AddField(
            model_name='consent',
            name='is_opt_out',
            field=models.BooleanField(default=False, verbose_name='opt-out'),
        ),
        migrations.AddField(
            model_name='consent',
            name='party',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='catalog.party'),
        ),
        migrations.AddField(
            model_name='consent',
            name='use',
            field=models.CharField(choices=[('training', 'training a model'), ('attribution', 'comparing with generated pieces, never training')], default='training', max_length=16),
        ),
        migrations.AddField(
            model_name='party',
            name='ddex_party_id',
            field=models.CharField(blank=True, max_length=18, verbose_name='DDEX party id'),
        ),
        migrations.AddField(
            model_name='party',
            name='ipi_base',
            field=models.CharField(blank=True, max_length=13, verbose_name='IPI base number'),
        ),
        migrations.AddField(
            model_name='party',
            name='ipi_name',
            field=models.CharField(blank=True, max_length=11, verbose_name='IPI name number'),
        ),
        migrations.AddField(
            model_name='party',
            name='isni',
            field=models.CharField(blank=True, max_length=16, verbose_name='ISNI'),
        ),
        migrations.AddField(
            model_name='party',
            name='kind',
            field=models.CharField(blank=True, choices=[('person', 'Person'), ('company', 'Company'), ('society', 'Society')], max_length=16),
        ),
        migrations.AddField(
            model_name='party',
            name='merged_into',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='catalog.party'),
        ),
        migrations.AddField(
            model_name='share',
            name='territory',
            field=catalog.models.territories.TerritoryField(default=catalog.models.rights.worldwide),
        ),
        migrations.AddField(
            model_name='track',
            name='artist',
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name='track',
            name='derived_from',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='catalog.track'),
        ),
        migrations.AddField(
            model_name='track',
            name='isrc',
            field=models.CharField(blank=True, max_length=12, verbose_name='ISRC'),
        ),
        migrations.AddField(
            model_name='track',
            name='merged_into',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='catalog.track'),
        ),
        migrations.AddField(
            model_name='track',
            name='release_ean',
            field=models.CharField(blank=True, max_length=13, verbose_name='EAN/UPC'),
        ),
        migrations.AddField(
            model_name='track',
            name='release_title',
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name='track',
            name='released_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='track',
            name='version',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='work',
            name='derived_from',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='catalog.work'),
        ),
        migrations.AddField(
            model_name='work',
            name='iswc',
            field=models.CharField(blank=True, max_length=11, verbose_name='ISWC'),
        ),
        migrations.AddField(
            model_name='work',
            name='language',
            field=models.CharField(blank=True, max_length=8),
        ),
        migrations.AddField(
            model_name='work',
            name='merged_into',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='catalog.work'),
        ),
        migrations.AddField(
            model_name='work',
            name='version',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name='share',
            name='role',
            field=models.CharField(choices=[('composer', 'Composer'), ('lyricist', 'Lyricist'), ('arranger', 'Arranger'), ('publisher', 'Publisher'), ('sub_publisher', 'sub-publisher'), ('performer', 'Performer'), ('featured_performer', 'featured performer'), ('session_performer', 'session performer'), ('label', 'Label'), ('editor', 'editor or encoder')], max_length=24),
        ),
        migrations.AlterField(
            model_name='track',
            name='asset',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tracks', to='catalog.asset'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.UniqueConstraint(fields=('track', 'right', 'use', 'model_version', 'party', 'valid_from'), name='one_consent_a_start', nulls_distinct=False, violation_error_message='There is a consent for this that begins on the same day.'),
        ),
        migrations.AddConstraint(
            model_name='party',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('ipi_name', ''), _negated=True), ('merged_into', None)), fields=('ipi_name',), name='one_party_an_ipi_name', violation_error_message='Another party has this IPI.'),
        ),
        migrations.AddConstraint(
            model_name='party',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('isni', ''), _negated=True), ('merged_into', None)), fields=('isni',), name='one_party_an_isni', violation_error_message='Another party has this ISNI.'),
        ),
        migrations.AddConstraint(
            model_name='party',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('ddex_party_id', ''), _negated=True), ('merged_into', None)), fields=('ddex_party_id',), name='one_party_a_ddex_id', violation_error_message='Another party has this DDEX party id.'),
        ),
        migrations.AddConstraint(
            model_name='party',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into', models.F('pk')), _negated=True), name='parties_are_not_merged_into_themselves'),
        ),
        migrations.AddConstraint(
            model_name='share',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('work'), -1, function='coalesce'), '='), (models.Func(models.F('track'), -1, function='coalesce'), '='), (models.F('party'), '='), (models.F('right'), '='), (models.F('role'), '='), (models.Func(models.F('valid_from'), models.F('valid_until'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&'), (models.F('territory'), '&&')], name='shares_do_not_overlap', violation_error_message='The party has a share of this right in this role and in some of these countries on some of these days; end that one first.'),
        ),
        migrations.AddField(
            model_name='credit',
            name='party',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='credits', to='catalog.party'),
        ),
        migrations.AddField(
            model_name='credit',
            name='track',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='credits', to='catalog.track'),
        ),
        migrations.AddField(
            model_name='credit',
            name='work',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='credits', to='catalog.work'),
        ),
        migrations.AddField(
            model_name='sender',
            name='organisation',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='senders', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='track',
            name='sender',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tracks', to='catalog.sender'),
        ),
        migrations.AddField(
            model_name='work',
            name='sender',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='works', to='catalog.sender'),
        ),
        migrations.AddConstraint(
            model_name='track',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('isrc', ''), _negated=True), ('merged_into', None)), fields=('isrc',), name='one_track_an_isrc', violation_error_message='Another track has this ISRC.'),
        ),
        migrations.AddConstraint(
            model_name='track',
            constraint=models.CheckConstraint(condition=models.Q(('derived_from', models.F('pk')), _negated=True), name='tracks_are_no_versions_of_themselves'),
        ),
        migrations.AddConstraint(
            model_name='track',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into', models.F('pk')), _negated=True), name='tracks_are_not_merged_into_themselves'),
        ),
        migrations.AddConstraint(
            model_name='work',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('iswc', ''), _negated=True), ('merged_into', None)), fields=('iswc',), name='one_work_an_iswc', violation_error_message='Another work has this ISWC.'),
        ),
        migrations.AddConstraint(
            model_name='work',
            constraint=models.CheckConstraint(condition=models.Q(('derived_from', models.F('pk')), _negated=True), name='works_are_no_versions_of_themselves'),
        ),
        migrations.AddConstraint(
            model_name='work',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into', models.F('pk')), _negated=True), name='works_are_not_merged_into_themselves'),
        ),
        migrations.AddConstraint(
            model_name='credit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('track__isnull', True), ('work__isnull', False)), models.Q(('track__isnull', False), ('work__isnull', True)), _connector='OR'), name='credits_are_for_a_work_or_a_track', violation_error_message='A credit names a work or a track, and not both.'),
        ),
        migrations.AddConstraint(
            model_name='credit',
            constraint=models.UniqueConstraint(fields=('work', 'track', 'party', 'role'), name='one_credit_a_role', nulls_distinct=False, violation_error_message='The party is credited in this role already.'),
        ),
        tenant_set("tenant_known_parties", query=KNOWN_PARTIES),
        guard("catalog_sender", see=OF_THE_ORGANISATION),
        guard(
            "catalog_credit",
            see="work_id IN (SELECT tenant_works()) OR track_id IN (SELECT tenant_recordings())",
        ),
    ]
