-- What is a version of something, or was found to be something else, must lead somewhere. Looked at
-- when the transaction commits, one transaction at a time, so that two halves of a circle that are
-- added at once are found too.

CREATE FUNCTION catalog_refuse_circle() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    is_circle boolean;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext(TG_TABLE_NAME || TG_ARGV[0]));
    EXECUTE format('
        WITH RECURSIVE chain (id) AS (
            SELECT %1$I FROM %2$I WHERE id = $1
            UNION
            SELECT link.%1$I FROM %2$I link JOIN chain ON link.id = chain.id)
        SELECT EXISTS (SELECT FROM chain WHERE id = $1)', TG_ARGV[0], TG_TABLE_NAME)
        INTO is_circle USING NEW.id;
    IF is_circle THEN
        RAISE EXCEPTION '% % leads back to itself: what is % something must not go round in a '
            'circle; leave one of the links out.', initcap(TG_ARGV[1]), NEW.ref, TG_ARGV[2]
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION catalog_refuse_circle() FROM PUBLIC;

DO $$
DECLARE
    link record;
BEGIN
    FOR link IN SELECT * FROM (VALUES
        ('work', 'derived_from_id', 'a version of'), ('work', 'merged_into_id', 'merged into'),
        ('track', 'derived_from_id', 'a version of'), ('track', 'merged_into_id', 'merged into'),
        ('party', 'merged_into_id', 'merged into')) links (kind, field, meaning)
    LOOP
        EXECUTE format('CREATE CONSTRAINT TRIGGER no_circle_of_%2$s
            AFTER INSERT OR UPDATE OF %2$s ON catalog_%1$s
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.%2$s IS NOT NULL)
            EXECUTE FUNCTION catalog_refuse_circle(%2$L, %1$L, %3$L)',
            link.kind, link.field, link.meaning);
    END LOOP;
END $$;
