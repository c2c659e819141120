-- A hold that nobody has decided upon follows what the rules find; from the first decision on it
-- stays as it was, and what it is about never changes.

CREATE FUNCTION royalty_guard_hold() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM public.royalty_holddecision WHERE hold_id = OLD.id) THEN
        RAISE EXCEPTION 'Hold % was decided upon and stays as it is; decide again instead.', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF (NEW.id, NEW.period_id, NEW.rule, NEW.subject)
       IS DISTINCT FROM (OLD.id, OLD.period_id, OLD.rule, OLD.subject) THEN
        RAISE EXCEPTION 'Hold % is about what it was found for; another finding is another hold.',
            OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
REVOKE EXECUTE ON FUNCTION royalty_guard_hold() FROM PUBLIC;

CREATE TRIGGER guard_hold BEFORE UPDATE OR DELETE ON royalty_usagehold
    FOR EACH ROW EXECUTE FUNCTION royalty_guard_hold();
ALTER TABLE royalty_usagehold ENABLE ALWAYS TRIGGER guard_hold;
CREATE TRIGGER append_only BEFORE TRUNCATE ON royalty_usagehold
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_change('decide about the holds');
ALTER TABLE royalty_usagehold ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON royalty_holddecision
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_change('decide again');
ALTER TABLE royalty_holddecision ENABLE ALWAYS TRIGGER append_only;
