"""What is said about a track's use: a speaker does not contradict itself, a rights holder says it
itself, and a training set remembers what was left out and why.

A rights holder adds what one of its parties says of a right in which one of them has or had a
share, and may end what it said, which is all that it may change. An opt-out alone shows a track to
no platform.
"""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

from common.database.policies import guard, tenant_set

OWN_WORD = "party_id IN (SELECT tenant_parties())"
OWN_RIGHT = """(
    "right" = 'composition' AND track_id IN (SELECT tenant_compositions())
    OR "right" = 'recording' AND track_id IN (SELECT tenant_recordings()))"""
AGREED = (
    "EXISTS (SELECT FROM catalog_consent consent"
    " WHERE consent.track_id = {track} AND NOT consent.is_opt_out)"
)
TRAINED_ON = """EXISTS (SELECT FROM catalog_trainingsettrack member
     WHERE member.track_id = catalog_track.id
       AND member.training_set_id IN (SELECT tenant_own_training_sets()))"""
OWN_SET = "training_set_id IN (SELECT tenant_own_training_sets())"
POLICIES = [
    # Tracks of works in which it has or had a share. Asks no table's policy, as consents' must not.
    tenant_set(
        "tenant_compositions",
        query="SELECT id FROM catalog_track WHERE work_id IN (SELECT tenant_works())",
    ),
    guard(
        "catalog_consent",
        see="track_id IN (SELECT tenant_tracks())"
        " OR (SELECT tenant_platform()) IS NOT NULL"
        " AND (model_version_id IS NULL OR model_version_id IN (SELECT tenant_own_models()))",
        add=f"{OWN_WORD} AND {OWN_RIGHT}",
        change=f"{OWN_WORD} AND {OWN_RIGHT}",
    ),
    guard(
        "catalog_track",
        see="id IN (SELECT tenant_tracks()) OR (SELECT tenant_platform()) IS NOT NULL"
        f" AND ({TRAINED_ON} OR {AGREED.format(track='catalog_track.id')})",
    ),
    guard(
        "catalog_trainingsettrack",
        see=f"{OWN_SET} OR track_id IN (SELECT tenant_tracks())",
        add=f"{OWN_SET} AND " + AGREED.format(track="catalog_trainingsettrack.track_id"),
    ),
    guard(
        "catalog_trainingsetexclusion",
        see=OWN_SET,
        add=f"{OWN_SET} AND track_id IN (SELECT id FROM catalog_track)",
    ),
]

TRIGGERS = """
CREATE FUNCTION catalog_consent_only_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT tenant_sees_all() AND to_jsonb(OLD) - 'valid_until' <> to_jsonb(NEW) - 'valid_until' THEN
        RAISE EXCEPTION 'What was said about a track is ended, and not changed.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER consents_only_end BEFORE UPDATE ON catalog_consent
    FOR EACH ROW EXECUTE FUNCTION catalog_consent_only_ends();

CREATE TRIGGER training_set_exclusions_stay BEFORE UPDATE OR DELETE ON catalog_trainingsetexclusion
    FOR EACH ROW EXECUTE FUNCTION catalog_refuse_change_of_training_set();

CREATE FUNCTION catalog_exclusion_has_a_place() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.position >= (
        SELECT exclusion_count FROM catalog_trainingset WHERE id = NEW.training_set_id)
    THEN
        RAISE EXCEPTION 'Training set % is frozen and left no more than that out.',
            NEW.training_set_id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER training_set_exclusions_have_a_place BEFORE INSERT ON catalog_trainingsetexclusion
    FOR EACH ROW EXECUTE FUNCTION catalog_exclusion_has_a_place();

CREATE FUNCTION catalog_training_set_names_exclusions() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    present bigint := (
        SELECT count(*) FROM catalog_trainingsetexclusion WHERE training_set_id = NEW.id);
BEGIN
    IF present <> NEW.exclusion_count THEN
        RAISE EXCEPTION 'Training set % states % exclusions and has %.',
            NEW.id, NEW.exclusion_count, present USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER training_sets_name_exclusions AFTER INSERT ON catalog_trainingset
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION catalog_training_set_names_exclusions();
REVOKE EXECUTE ON FUNCTION catalog_exclusion_has_a_place(), catalog_training_set_names_exclusions()
    FROM PUBLIC;
"""
NO_TRIGGERS = """
DROP TRIGGER training_sets_name_exclusions ON catalog_trainingset;
DROP TRIGGER training_set_exclusions_have_a_place ON catalog_trainingsetexclusion;
DROP TRIGGER training_set_exclusions_stay ON catalog_trainingsetexclusion;
DROP TRIGGER consents_only_end ON catalog_consent;
DROP FUNCTION catalog_training_set_names_exclusions();
DROP FUNCTION catalog_exclusion_has_a_place();
DROP FUNCTION catalog_consent_only_ends();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0009_what_exists'),
    ]

    operations = [
        migrations.CreateModel(
            name='TrainingSetExclusion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('role', models.CharField(choices=[('train', 'Train'), ('control_calibration', 'Control Calibration'), ('control_test', 'Control Test')], max_length=24)),
                ('right', models.CharField(blank=True, max_length=16)),
                ('reason', models.CharField(choices=[('no_consent', 'nobody agreed'), ('consent_ended', 'the consent ended'), ('opted_out', 'a holder forbids it'), ('no_file', 'its file is missing'), ('merged', 'it was found to be another track')], max_length=16)),
                ('sentence', models.CharField(max_length=500)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='consent',
            name='consents_last_a_day',
        ),
        migrations.RemoveConstraint(
            model_name='consent',
            name='one_consent_a_start',
        ),
        migrations.AddField(
            model_name='trainingset',
            name='exclusion_count',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.UniqueConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gt', models.F('valid_from')), _connector='OR'), fields=('track', 'right', 'use', 'model_version', 'party', 'valid_from'), name='one_consent_a_start', nulls_distinct=False, violation_error_message='There is a consent for this that begins on the same day.'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gte', models.F('valid_from')), _connector='OR'), name='consents_do_not_end_before_they_begin', violation_error_message='It ends before it begins.'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('party__isnull', False)), expressions=[(models.F('track'), '='), (models.F('right'), '='), (models.F('use'), '='), (models.Func(models.F('model_version'), -1, function='coalesce'), '='), (models.F('party'), '='), (models.Func(models.F('valid_from'), models.F('valid_until'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&'), (models.F('is_opt_out'), '<>')], name='consents_do_not_contradict', violation_error_message='The same speaker says the contrary for some of these days; end that first.'),
        ),
        migrations.AddField(
            model_name='trainingsetexclusion',
            name='track',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exclusions', to='catalog.track'),
        ),
        migrations.AddField(
            model_name='trainingsetexclusion',
            name='training_set',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exclusions', to='catalog.trainingset'),
        ),
        migrations.AddConstraint(
            model_name='trainingsetexclusion',
            constraint=models.UniqueConstraint(fields=('training_set', 'track', 'right', 'reason'), name='one_exclusion_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='trainingsetexclusion',
            constraint=models.UniqueConstraint(fields=('training_set', 'position'), name='one_exclusion_a_position'),
        ),
        *POLICIES,
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
    ]
