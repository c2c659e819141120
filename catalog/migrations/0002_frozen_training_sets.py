"""A training set is never changed once its transaction has committed.

Refusing UPDATE and DELETE is not enough, since a track could still be added. So the set states how
many members it has: a member's position lies below that number, two members never share a position,
and at commit all of them are there. Afterwards there is no position left to add a track at.
"""

from django.db import migrations, models

GUARDS = """
CREATE FUNCTION catalog_refuse_change_of_training_set() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A frozen training set is never changed; '
        'register a new model version and freeze a set for it.'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER training_sets_stay BEFORE UPDATE OR DELETE ON catalog_trainingset
    FOR EACH ROW EXECUTE FUNCTION catalog_refuse_change_of_training_set();
CREATE TRIGGER training_set_members_stay BEFORE UPDATE OR DELETE ON catalog_trainingsettrack
    FOR EACH ROW EXECUTE FUNCTION catalog_refuse_change_of_training_set();

CREATE FUNCTION catalog_member_has_a_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.position >= (SELECT track_count FROM catalog_trainingset WHERE id = NEW.training_set_id)
    THEN
        RAISE EXCEPTION 'Training set % is frozen and has no position %.',
            NEW.training_set_id, NEW.position USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER training_set_members_have_a_place BEFORE INSERT ON catalog_trainingsettrack
    FOR EACH ROW EXECUTE FUNCTION catalog_member_has_a_place();

CREATE FUNCTION catalog_training_set_is_full() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    present bigint := (
        SELECT count(*) FROM catalog_trainingsettrack WHERE training_set_id = NEW.id);
BEGIN
    IF present <> NEW.track_count THEN
        RAISE EXCEPTION 'Training set % states % tracks and has %.', NEW.id, NEW.track_count, present
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER training_sets_are_full AFTER INSERT ON catalog_trainingset
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION catalog_training_set_is_full();
"""

NO_GUARDS = """
DROP TRIGGER training_sets_are_full ON catalog_trainingset;
DROP TRIGGER training_set_members_have_a_place ON catalog_trainingsettrack;
DROP TRIGGER training_set_members_stay ON catalog_trainingsettrack;
DROP TRIGGER training_sets_stay ON catalog_trainingset;
DROP FUNCTION catalog_training_set_is_full();
DROP FUNCTION catalog_member_has_a_place();
DROP FUNCTION catalog_refuse_change_of_training_set();
"""


class Migration(migrations.Migration):

    dependencies = [
        ("catalog", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="trainingset",
            name="track_count",
            field=models.PositiveIntegerField(default=1),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="trainingset",
            constraint=models.CheckConstraint(
                condition=models.Q(("track_count__gt", 0)), name="training_sets_not_empty"
            ),
        ),
        migrations.RunSQL(GUARDS, NO_GUARDS),
    ]
