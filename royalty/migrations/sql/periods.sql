-- Periods: where they start, which way they go, and that nothing is reported once they are fixed.

CREATE FUNCTION royalty_guard_period() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'open' THEN
            RAISE EXCEPTION 'A period begins open, not %.', NEW.status
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.status = 'closed' THEN
        RAISE EXCEPTION 'The period from % to before % is closed and stays as it is.',
            OLD.starts_on, OLD.ends_on USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF (NEW.status = 'closed' AND OLD.status <> 'reviewed')
        OR (NEW.status = 'reviewed' AND OLD.status NOT IN ('computed', 'reviewed')) THEN
        RAISE EXCEPTION 'A period that is % cannot become %; the order is open, computed, reviewed, closed.',
            OLD.status, NEW.status USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
REVOKE EXECUTE ON FUNCTION royalty_guard_period() FROM PUBLIC;

CREATE TRIGGER guard_period BEFORE INSERT OR UPDATE OR DELETE ON royalty_period
    FOR EACH ROW EXECUTE FUNCTION royalty_guard_period();
ALTER TABLE royalty_period ENABLE ALWAYS TRIGGER guard_period;

-- Events of a day enter only while the day's period is open. FOR SHARE on the period: computing it
-- waits for an intake under way, and an intake waits for the computation. FOR SHARE on the contract:
-- opening a period waits for an intake under way that could not see it yet.
CREATE FUNCTION royalty_require_open_period(of_platform bigint, of_service text, of_day date)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    period public.royalty_period;
BEGIN
    PERFORM FROM public.royalty_contract
      WHERE platform_id = of_platform AND service = of_service
        FOR SHARE;
    FOR period IN
        SELECT p.* FROM public.royalty_period p
          JOIN public.royalty_contract c ON c.id = p.contract_id
         WHERE c.platform_id = of_platform AND c.service = of_service
           AND p.starts_on <= of_day AND of_day < p.ends_on
           FOR SHARE OF p
    LOOP
        IF period.status <> 'open' THEN
            RAISE EXCEPTION 'The period from % to before % of service % is % and takes no events.',
                period.starts_on, period.ends_on, of_service, period.status
                USING ERRCODE = 'check_violation';
        END IF;
    END LOOP;
END
$$;
REVOKE EXECUTE ON FUNCTION royalty_require_open_period(bigint, text, date) FROM PUBLIC;

CREATE FUNCTION royalty_admit_usage() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM public.royalty_require_open_period(platform_id, service, day)
       FROM (SELECT DISTINCT platform_id, service, (used_at AT TIME ZONE 'UTC')::date AS day
               FROM new_events) AS days;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION royalty_admit_usage() FROM PUBLIC;

CREATE FUNCTION royalty_admit_revenue() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM public.royalty_require_open_period(platform_id, service, earned_on)
       FROM (SELECT DISTINCT platform_id, service, earned_on FROM new_events) AS days;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION royalty_admit_revenue() FROM PUBLIC;

CREATE TRIGGER admit_events AFTER INSERT ON royalty_usageevent
    REFERENCING NEW TABLE AS new_events
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_admit_usage();
ALTER TABLE royalty_usageevent ENABLE ALWAYS TRIGGER admit_events;

CREATE TRIGGER admit_events AFTER INSERT ON royalty_revenueevent
    REFERENCING NEW TABLE AS new_events
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_admit_revenue();
ALTER TABLE royalty_revenueevent ENABLE ALWAYS TRIGGER admit_events;
