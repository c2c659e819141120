"""What files and names are compared by, candidates and merges: the operator's alone."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

from common.database.policies import guard


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('catalog', '0009_what_exists'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        TrigramExtension(),
        migrations.CreateModel(
            name='Spelling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('of', models.CharField(max_length=8)),
                ('thing_id', models.BigIntegerField()),
                ('key', models.CharField(max_length=500)),
                ('numbers', models.CharField(blank=True, max_length=500)),
                ('compared_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['key'], name='spellings_like', opclasses=['gin_trgm_ops']), models.Index(condition=models.Q(('compared_at', None)), fields=['of'], name='spellings_to_compare')],
                'constraints': [models.UniqueConstraint(fields=('of', 'thing_id'), name='one_spelling_a_thing')],
            },
        ),
        migrations.CreateModel(
            name='Candidate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(choices=[('track', 'Track'), ('work', 'Work'), ('party', 'Party')], max_length=8)),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('file', 'the same file'), ('notes', 'the same notes'), ('tune', 'the same tune'), ('sound', 'the same recording'), ('spelling', 'spelled otherwise'), ('identifier', 'the same identifier'), ('tracks', 'their tracks are one')], max_length=16), size=None)),
                ('score_ppm', models.PositiveIntegerField()),
                ('evidence', models.JSONField(default=dict)),
                ('status', models.CharField(choices=[('open', 'Open'), ('merged', 'one and the same'), ('versions', 'versions of each other'), ('distinct', 'Distinct')], default='open', max_length=16)),
                ('decided_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('found_at', models.DateTimeField(auto_now_add=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('first_party', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.party')),
                ('first_track', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.track')),
                ('first_work', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.work')),
                ('second_party', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.party')),
                ('second_track', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.track')),
                ('second_work', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.work')),
            ],
            options={
                'indexes': [models.Index(fields=['status', '-score_ppm', 'id'], name='candidates_queue')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('first_party__isnull', True), ('first_track__isnull', False), ('first_track__lt', models.F('second_track')), ('first_work__isnull', True), ('second_party__isnull', True), ('second_track__isnull', False), ('second_work__isnull', True), ('subject', 'track')), models.Q(('first_party__isnull', True), ('first_track__isnull', True), ('first_work__isnull', False), ('first_work__lt', models.F('second_work')), ('second_party__isnull', True), ('second_track__isnull', True), ('second_work__isnull', False), ('subject', 'work')), models.Q(('first_party__isnull', False), ('first_party__lt', models.F('second_party')), ('first_track__isnull', True), ('first_work__isnull', True), ('second_party__isnull', False), ('second_track__isnull', True), ('second_work__isnull', True), ('subject', 'party')), _connector='OR'), name='candidates_are_two_of_one_sort'), models.UniqueConstraint(fields=('first_track', 'second_track'), name='one_candidate_two_tracks'), models.UniqueConstraint(fields=('first_work', 'second_work'), name='one_candidate_two_works'), models.UniqueConstraint(fields=('first_party', 'second_party'), name='one_candidate_two_partys'), models.CheckConstraint(condition=models.Q(('score_ppm__lte', 1000000)), name='scores_are_parts_of_one'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('status', 'open')), models.Q(models.Q(('status', 'open'), _negated=True), ('decided_at__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='decisions_say_when_and_why')],
            },
        ),
        migrations.CreateModel(
            name='Fingerprint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveSmallIntegerField()),
                ('notes_sha256', models.CharField(blank=True, db_index=True, max_length=64)),
                ('words', models.BinaryField(default=bytes)),
                ('sound', models.BinaryField(default=bytes)),
                ('fault', models.CharField(blank=True, max_length=300)),
                ('made_at', models.DateTimeField(auto_now=True)),
                ('compared_at', models.DateTimeField(null=True)),
                ('asset', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='fingerprint', to='catalog.asset')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('compared_at', None)), fields=['asset'], name='fingerprints_to_compare')],
            },
        ),
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(choices=[('track', 'Track'), ('work', 'Work'), ('party', 'Party')], max_length=8)),
                ('moved', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('reason', models.CharField(max_length=500)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('undone_at', models.DateTimeField(null=True)),
                ('undone_reason', models.CharField(blank=True, max_length=500)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('other_party', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.party')),
                ('other_track', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.track')),
                ('other_work', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.work')),
                ('survivor_party', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.party')),
                ('survivor_track', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.track')),
                ('survivor_work', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.work')),
                ('undone_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('other_party__isnull', True), ('other_track__isnull', False), ('other_work__isnull', True), ('subject', 'track'), ('survivor_party__isnull', True), ('survivor_track__isnull', False), ('survivor_work__isnull', True), models.Q(('survivor_track', models.F('other_track')), _negated=True)), models.Q(('other_party__isnull', True), ('other_track__isnull', True), ('other_work__isnull', False), ('subject', 'work'), ('survivor_party__isnull', True), ('survivor_track__isnull', True), ('survivor_work__isnull', False), models.Q(('survivor_work', models.F('other_work')), _negated=True)), models.Q(('other_party__isnull', False), ('other_track__isnull', True), ('other_work__isnull', True), ('subject', 'party'), ('survivor_party__isnull', False), ('survivor_track__isnull', True), ('survivor_work__isnull', True), models.Q(('survivor_party', models.F('other_party')), _negated=True)), _connector='OR'), name='merges_are_of_one_sort'), models.UniqueConstraint(condition=models.Q(('undone_at', None)), fields=('other_track',), name='a_track_is_merged_once'), models.UniqueConstraint(condition=models.Q(('undone_at', None)), fields=('other_work',), name='a_work_is_merged_once'), models.UniqueConstraint(condition=models.Q(('undone_at', None)), fields=('other_party',), name='a_party_is_merged_once')],
            },
        ),
        guard("duplicates_fingerprint"),
        guard("duplicates_spelling"),
        guard("duplicates_candidate"),
        guard("duplicates_merge"),
    ]
