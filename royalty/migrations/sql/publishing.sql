-- Publishing: of a closed period only, once for a statement, and for ever; a notice that was sent
-- stays what was sent. Checked after the insert, when policies have spoken.

CREATE FUNCTION royalty_admit_publication() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    period public.royalty_period;
BEGIN
    SELECT * INTO period FROM public.royalty_period WHERE id = NEW.period_id FOR SHARE;
    IF period.status <> 'closed' THEN
        RAISE EXCEPTION 'The period from % to before % is %; statements are published when it is closed.',
            period.starts_on, period.ends_on, period.status USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION royalty_admit_publication() FROM PUBLIC;

CREATE TRIGGER admit_publication AFTER INSERT ON royalty_publication
    FOR EACH ROW EXECUTE FUNCTION royalty_admit_publication();
ALTER TABLE royalty_publication ENABLE ALWAYS TRIGGER admit_publication;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON royalty_publication
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_change('payees have seen it');
ALTER TABLE royalty_publication ENABLE ALWAYS TRIGGER append_only;

CREATE FUNCTION royalty_guard_draft() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.publication_id IS NOT NULL THEN
            RAISE EXCEPTION 'A statement begins as a draft.' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NEW.publication_id IS DISTINCT FROM OLD.publication_id THEN
        IF OLD.publication_id IS NOT NULL THEN
            RAISE EXCEPTION 'Statement % is published and stays so.', OLD.id
                USING ERRCODE = 'restrict_violation';
        END IF;
        IF NOT EXISTS (SELECT FROM public.royalty_publication
                        WHERE id = NEW.publication_id AND period_id = NEW.period_id) THEN
            RAISE EXCEPTION 'Statement % belongs to another period than its publication.', OLD.id
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION royalty_guard_draft() FROM PUBLIC;

CREATE TRIGGER guard_draft AFTER INSERT OR UPDATE ON royalty_statement
    FOR EACH ROW EXECUTE FUNCTION royalty_guard_draft();
ALTER TABLE royalty_statement ENABLE ALWAYS TRIGGER guard_draft;

CREATE FUNCTION royalty_guard_notice() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF OLD.status = 'sent' THEN
        RAISE EXCEPTION 'Notice % was sent and stays as it is.', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.publication_id, NEW.user_id, NEW.subject, NEW.body)
       IS DISTINCT FROM (OLD.publication_id, OLD.user_id, OLD.subject, OLD.body) THEN
        RAISE EXCEPTION 'Notice % says what it said.', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION royalty_guard_notice() FROM PUBLIC;

CREATE TRIGGER guard_notice AFTER UPDATE ON royalty_notice
    FOR EACH ROW EXECUTE FUNCTION royalty_guard_notice();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON royalty_notice
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_change('it says who was told');
ALTER TABLE royalty_notice ENABLE ALWAYS TRIGGER guard_notice;
ALTER TABLE royalty_notice ENABLE ALWAYS TRIGGER append_only;
