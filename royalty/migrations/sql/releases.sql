-- A request to release held money stays as it was made, and is decided once.

CREATE FUNCTION royalty_guard_release() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.decided_at IS NOT NULL THEN
            RAISE EXCEPTION 'A release is requested first, and decided by a second person.'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.decided_at IS NOT NULL THEN
        RAISE EXCEPTION 'Release % stays as it is; decline it or request another.', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.id, NEW.account_id, NEW.period_id, NEW."to", NEW.amount_atoms, NEW.reason,
        NEW.requested_by_id, NEW.requested_at)
       IS DISTINCT FROM
       (OLD.id, OLD.account_id, OLD.period_id, OLD."to", OLD.amount_atoms, OLD.reason,
        OLD.requested_by_id, OLD.requested_at) THEN
        RAISE EXCEPTION 'Release % is decided as it was requested, or declined.', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
REVOKE EXECUTE ON FUNCTION royalty_guard_release() FROM PUBLIC;

CREATE TRIGGER guard_release BEFORE INSERT OR UPDATE OR DELETE ON royalty_heldrelease
    FOR EACH ROW EXECUTE FUNCTION royalty_guard_release();
ALTER TABLE royalty_heldrelease ENABLE ALWAYS TRIGGER guard_release;

CREATE TRIGGER append_only BEFORE TRUNCATE ON royalty_heldrelease
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_change('decline the request');
ALTER TABLE royalty_heldrelease ENABLE ALWAYS TRIGGER append_only;
