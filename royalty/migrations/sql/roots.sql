-- A period has one root, of one of its own runs, and roots follow one another in the order of the
-- contract's periods. FOR SHARE waits for whoever changes the period; who closes it holds it anyway.
-- AFTER, so that a policy has refused by then whoever should learn nothing from these refusals.

CREATE FUNCTION royalty_admit_root() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mine public.royalty_period;
    latest public.royalty_period;
    latest_root bigint;
BEGIN
    SELECT * INTO mine FROM public.royalty_period WHERE id = NEW.period_id FOR SHARE;
    IF mine.status NOT IN ('reviewed', 'closed') THEN
        RAISE EXCEPTION 'The period from % to before % is %; it has its root when it is closed.',
            mine.starts_on, mine.ends_on, mine.status USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM public.royalty_allocationrun
                    WHERE id = NEW.run_id AND period_id = NEW.period_id) THEN
        RAISE EXCEPTION 'A root is of a run of its own period.' USING ERRCODE = 'check_violation';
    END IF;
    SELECT p.* INTO latest FROM public.royalty_periodroot r
      JOIN public.royalty_period p ON p.id = r.period_id
     WHERE p.contract_id = mine.contract_id AND r.id <> NEW.id ORDER BY p.starts_on DESC LIMIT 1;
    IF latest.starts_on >= mine.starts_on THEN
        RAISE EXCEPTION 'The period from % has a root already; none is put in before it.',
            latest.starts_on USING ERRCODE = 'check_violation';
    END IF;
    SELECT id INTO latest_root FROM public.royalty_periodroot WHERE period_id = latest.id;
    IF NEW.previous_id IS DISTINCT FROM latest_root THEN
        RAISE EXCEPTION 'The root of the period from % must follow the contract''s last one.',
            mine.starts_on USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION royalty_admit_root() FROM PUBLIC;

CREATE TRIGGER admit_root AFTER INSERT ON royalty_periodroot
    FOR EACH ROW EXECUTE FUNCTION royalty_admit_root();
ALTER TABLE royalty_periodroot ENABLE ALWAYS TRIGGER admit_root;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON royalty_periodroot
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_change('a root was published');
ALTER TABLE royalty_periodroot ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON royalty_periodsecret
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_change('proofs need it for ever');
ALTER TABLE royalty_periodsecret ENABLE ALWAYS TRIGGER append_only;
