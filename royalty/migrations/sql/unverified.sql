-- What is held because a platform's own features were not verified is not returned to the platform.

CREATE FUNCTION royalty_refuse_release_to_payer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW."to" = 'platform' AND EXISTS (SELECT FROM public.royalty_account
                WHERE id = NEW.account_id AND kind = 'held_unverified') THEN
        RAISE EXCEPTION 'What is held because features of the platform are not verified is not '
            'returned to it; have them verified and restate the period.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
REVOKE EXECUTE ON FUNCTION royalty_refuse_release_to_payer() FROM PUBLIC;

CREATE TRIGGER refuse_to_payer BEFORE INSERT ON royalty_heldrelease
    FOR EACH ROW EXECUTE FUNCTION royalty_refuse_release_to_payer();
ALTER TABLE royalty_heldrelease ENABLE ALWAYS TRIGGER refuse_to_payer;
