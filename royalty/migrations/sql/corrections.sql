-- A correction replaces an event of the same platform, service and day that came in an earlier
-- file and is no correction itself. Checked once a statement, and only where there are any.

CREATE FUNCTION royalty_refuse_strange_usage_corrections() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    wrong record;
BEGIN
    IF NOT EXISTS (SELECT FROM new_events WHERE corrects <> '') THEN
        RETURN NULL;
    END IF;
    SELECT correction.event_id, correction.corrects INTO wrong
      FROM new_events correction
     WHERE correction.corrects <> '' AND NOT EXISTS (
           SELECT FROM public.royalty_usageevent event
            WHERE event.platform_id = correction.platform_id
              AND event.event_id = correction.corrects AND event.corrects = ''
              AND event.service = correction.service
              AND (event.used_at AT TIME ZONE 'UTC')::date
                  = (correction.used_at AT TIME ZONE 'UTC')::date
              AND event.intake_file_id < correction.intake_file_id)
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Event % cannot correct %: that is no earlier event of its service and day, or a correction itself.',
            wrong.event_id, wrong.corrects USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION royalty_refuse_strange_usage_corrections() FROM PUBLIC;

CREATE FUNCTION royalty_refuse_strange_revenue_corrections() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    wrong record;
BEGIN
    IF NOT EXISTS (SELECT FROM new_events WHERE corrects <> '') THEN
        RETURN NULL;
    END IF;
    SELECT correction.event_id, correction.corrects INTO wrong
      FROM new_events correction
     WHERE correction.corrects <> '' AND NOT EXISTS (
           SELECT FROM public.royalty_revenueevent event
            WHERE event.platform_id = correction.platform_id
              AND event.event_id = correction.corrects AND event.corrects = ''
              AND event.service = correction.service AND event.kind = correction.kind
              AND event.earned_on = correction.earned_on
              AND event.intake_file_id < correction.intake_file_id)
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Event % cannot correct %: that is no earlier event of its service, kind and day, or a correction itself.',
            wrong.event_id, wrong.corrects USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION royalty_refuse_strange_revenue_corrections() FROM PUBLIC;

CREATE TRIGGER own_corrections AFTER INSERT ON royalty_usageevent
    REFERENCING NEW TABLE AS new_events
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_strange_usage_corrections();
ALTER TABLE royalty_usageevent ENABLE ALWAYS TRIGGER own_corrections;

CREATE TRIGGER own_corrections AFTER INSERT ON royalty_revenueevent
    REFERENCING NEW TABLE AS new_events
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_strange_revenue_corrections();
ALTER TABLE royalty_revenueevent ENABLE ALWAYS TRIGGER own_corrections;

-- Runs of before saw every file that there was.
DO $$
BEGIN
    EXECUTE format(
        'ALTER TABLE royalty_allocationrun ADD COLUMN last_intake_file bigint NOT NULL DEFAULT %s'
        ' CHECK (last_intake_file >= 0)',
        (SELECT coalesce(max(id), 0) FROM royalty_intakefile));
    ALTER TABLE royalty_allocationrun ALTER COLUMN last_intake_file DROP DEFAULT;
END
$$;
