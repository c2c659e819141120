-- An event is about a piece of the platform that reports it, and came in a file of that platform.
-- Checked once a statement, so that a million events cost one join. A file's row may come after its
-- events, in the same transaction; one that is there already must be the platform's own.

CREATE FUNCTION royalty_refuse_strange_events() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    wrong record;
BEGIN
    SELECT event.event_id INTO wrong
      FROM new_events event
      JOIN public.attribution_generation generation ON generation.id = event.generation_id
     WHERE generation.platform_id <> event.platform_id
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Event % is about a piece of another platform.', wrong.event_id
            USING ERRCODE = 'check_violation';
    END IF;
    SELECT event.event_id INTO wrong
      FROM (SELECT DISTINCT ON (platform_id, intake_file_id) * FROM new_events) AS event
      JOIN public.royalty_intakefile file ON file.id = event.intake_file_id
     WHERE file.platform_id <> event.platform_id
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Event % is said to come from a file of another platform.', wrong.event_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION royalty_refuse_strange_events() FROM PUBLIC;

CREATE TRIGGER own_events AFTER INSERT ON royalty_usageevent
    REFERENCING NEW TABLE AS new_events
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_strange_events();
ALTER TABLE royalty_usageevent ENABLE ALWAYS TRIGGER own_events;

CREATE TRIGGER own_events AFTER INSERT ON royalty_revenueevent
    REFERENCING NEW TABLE AS new_events
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_strange_events();
ALTER TABLE royalty_revenueevent ENABLE ALWAYS TRIGGER own_events;
