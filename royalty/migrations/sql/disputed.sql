-- What owners contest is theirs, whoever of them it is: nobody asks for its release to others.

CREATE FUNCTION royalty_refuse_disputed_release() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM public.royalty_account
                WHERE id = NEW.account_id AND kind = 'held_disputed') THEN
        RAISE EXCEPTION 'What the owners of a track contest is not released; mend the shares and '
            'restate the period.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
REVOKE EXECUTE ON FUNCTION royalty_refuse_disputed_release() FROM PUBLIC;

CREATE TRIGGER refuse_disputed BEFORE INSERT ON royalty_heldrelease
    FOR EACH ROW EXECUTE FUNCTION royalty_refuse_disputed_release();
ALTER TABLE royalty_heldrelease ENABLE ALWAYS TRIGGER refuse_disputed;
