-- Events of a day enter while the day's period is open, and, marked late, when it is closed: then
-- they wait to be accounted for by a restatement. FOR SHARE on the period: computing or restating
-- it waits for an intake under way, and an intake waits for the computation. FOR SHARE on the
-- contract: opening a period waits for an intake under way that could not see it yet.
DROP FUNCTION royalty_require_open_period(bigint, text, date);

CREATE FUNCTION royalty_require_period(
    of_platform bigint, of_service text, of_day date, is_late boolean
)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    period public.royalty_period;
    was_closed boolean := false;
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
        was_closed := period.status = 'closed';
        IF period.status <> 'open' AND NOT (was_closed AND is_late) THEN
            RAISE EXCEPTION 'The period from % to before % of service % is % and takes no events%.',
                period.starts_on, period.ends_on, of_service, period.status,
                CASE WHEN was_closed THEN ' that are not marked late' ELSE '' END
                USING ERRCODE = 'check_violation';
        END IF;
    END LOOP;
    IF is_late AND NOT was_closed THEN
        RAISE EXCEPTION 'Events of service % on % are not late: no closed period covers that day.',
            of_service, of_day USING ERRCODE = 'check_violation';
    END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION royalty_require_period(bigint, text, date, boolean) FROM PUBLIC;

CREATE OR REPLACE FUNCTION royalty_admit_usage() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM public.royalty_require_period(platform_id, service, day, is_late)
       FROM (SELECT DISTINCT platform_id, service, (used_at AT TIME ZONE 'UTC')::date AS day,
                    is_late
               FROM new_events) AS days;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION royalty_admit_revenue() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM public.royalty_require_period(platform_id, service, earned_on, is_late)
       FROM (SELECT DISTINCT platform_id, service, earned_on, is_late FROM new_events) AS days;
    RETURN NULL;
END
$$;
