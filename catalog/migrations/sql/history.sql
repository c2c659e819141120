-- Every change of the catalogue's rights is kept, by statement-level triggers: a bulk write costs
-- one INSERT ... SELECT more, and raw SQL does not escape. They run as the owner of the tables, so
-- that whoever may change a row leaves its trace, and nobody can write one by hand as a tenant.

-- What is being done now, as `catalog.services.history.changing` said it in two settings that end
-- with the transaction; kept when the first row changes. NULL: nobody said why.
CREATE FUNCTION catalog_change_set() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    known text := current_setting('tantieme.change_set', true);
    said text := current_setting('tantieme.changing', true);
    made bigint;
BEGIN
    IF known <> '' THEN
        RETURN known::bigint;
    ELSIF coalesce(said, '') = '' THEN
        RETURN NULL;
    END IF;
    INSERT INTO catalog_changeset (at, actor, reason, source)
    SELECT clock_timestamp(), actor, reason, source
      FROM jsonb_to_record(said::jsonb) AS words (actor text, reason text, source text)
    RETURNING id INTO made;
    INSERT INTO catalog_changeauthor (change_set_id, user_id)
    SELECT made, (said::jsonb ->> 'user')::bigint WHERE said::jsonb ->> 'user' IS NOT NULL;
    PERFORM set_config('tantieme.change_set', made::text, true);
    RETURN made;
END $$;

-- To whose history a row belongs: a work's or a track's, its own or that which it names.
CREATE FUNCTION catalog_history_of(subject text, kind text, columns jsonb) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN kind = subject THEN (columns ->> 'id')::bigint
        WHEN kind IN ('share', 'credit', 'consent') AND subject <> 'party'
            THEN (columns ->> (subject || '_id'))::bigint
    END
$$;

CREATE FUNCTION catalog_keep_made() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO catalog_change (change_set_id, at, kind, object_id, operation,
                                of_work, of_track, of_party, before, after)
    SELECT (SELECT catalog_change_set()), clock_timestamp(), TG_ARGV[0], id, 'made',
           catalog_history_of('work', TG_ARGV[0], columns),
           catalog_history_of('track', TG_ARGV[0], columns),
           catalog_history_of('party', TG_ARGV[0], columns),
           NULL, columns
      FROM (SELECT id, to_jsonb(made_row) AS columns FROM made_rows made_row) made;
    RETURN NULL;
END $$;

CREATE FUNCTION catalog_keep_removed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO catalog_change (change_set_id, at, kind, object_id, operation,
                                of_work, of_track, of_party, before, after)
    SELECT (SELECT catalog_change_set()), clock_timestamp(), TG_ARGV[0], id, 'removed',
           catalog_history_of('work', TG_ARGV[0], columns),
           catalog_history_of('track', TG_ARGV[0], columns),
           catalog_history_of('party', TG_ARGV[0], columns),
           columns, NULL
      FROM (SELECT id, to_jsonb(gone_row) AS columns FROM gone_rows gone_row) gone;
    RETURN NULL;
END $$;

-- A row that passes to another work or track is kept under both, with all that it is then.
CREATE FUNCTION catalog_keep_altered() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO catalog_change (change_set_id, at, kind, object_id, operation,
                                of_work, of_track, of_party, before, after)
    SELECT (SELECT catalog_change_set()), clock_timestamp(), TG_ARGV[0], id, 'altered',
           place.of_work, place.of_track, catalog_history_of('party', TG_ARGV[0], now_is),
           different.before, CASE WHEN place.is_one THEN different.after ELSE now_is END
      FROM (SELECT old_row.id, to_jsonb(old_row) AS was, to_jsonb(new_row) AS now_is
              FROM old_rows old_row JOIN new_rows new_row USING (id)) altered
     CROSS JOIN LATERAL (
           SELECT jsonb_object_agg(key, value) AS before,
                  jsonb_object_agg(key, now_is -> key) AS after
             FROM jsonb_each(was) WHERE value IS DISTINCT FROM now_is -> key) different
     CROSS JOIN LATERAL (
           SELECT of_work, of_track, count(*) OVER () = 1 AS is_one
             FROM (SELECT DISTINCT catalog_history_of('work', TG_ARGV[0], side) AS of_work,
                                   catalog_history_of('track', TG_ARGV[0], side) AS of_track
                     FROM (VALUES (was), (now_is)) sides (side)) sides) place
     WHERE different.before IS NOT NULL;
    RETURN NULL;
END $$;

DO $$
DECLARE
    kind text;
BEGIN
    FOREACH kind IN ARRAY ARRAY['work', 'track', 'party', 'share', 'credit', 'consent'] LOOP
        EXECUTE format('CREATE TRIGGER history_made AFTER INSERT ON catalog_%s
            REFERENCING NEW TABLE AS made_rows
            FOR EACH STATEMENT EXECUTE FUNCTION catalog_keep_made(%L)', kind, kind);
        EXECUTE format('CREATE TRIGGER history_altered AFTER UPDATE ON catalog_%s
            REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
            FOR EACH STATEMENT EXECUTE FUNCTION catalog_keep_altered(%L)', kind, kind);
        EXECUTE format('CREATE TRIGGER history_removed AFTER DELETE ON catalog_%s
            REFERENCING OLD TABLE AS gone_rows
            FOR EACH STATEMENT EXECUTE FUNCTION catalog_keep_removed(%L)', kind, kind);
        -- What is there already begins its history when it was made.
        EXECUTE format($sql$
            INSERT INTO catalog_change (at, kind, object_id, operation,
                                        of_work, of_track, of_party, after)
            SELECT created_at, %1$L, id, 'made', catalog_history_of('work', %1$L, columns),
                   catalog_history_of('track', %1$L, columns),
                   catalog_history_of('party', %1$L, columns), columns
              FROM (SELECT id, created_at, to_jsonb(present) AS columns
                      FROM catalog_%1$s present) present
             ORDER BY id$sql$, kind);
    END LOOP;
END $$;

CREATE FUNCTION catalog_refuse_change_of_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The history of the catalogue is added to, and never altered.'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON catalog_change
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_refuse_change_of_history();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON catalog_changeset
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_refuse_change_of_history();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON catalog_changeauthor
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_refuse_change_of_history();

ALTER TABLE catalog_change ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE catalog_changeset ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE catalog_changeauthor ENABLE ALWAYS TRIGGER append_only;

REVOKE EXECUTE ON FUNCTION catalog_change_set(), catalog_keep_made(), catalog_keep_altered(),
    catalog_keep_removed() FROM PUBLIC;
