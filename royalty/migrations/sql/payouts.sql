-- Payouts: agreements only end, bank details are only added, a batch goes its one way, and what a
-- payout took is final. The application's role lacks the rights as well (see the migration); these
-- triggers also stop the owner's role. Rows are checked after the insert, when policies have spoken.

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON royalty_bankdetails
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_change('enter the new details');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON royalty_payingaccount
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_change('enter the new account');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON royalty_payoutpart
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_change('return the payout');
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON royalty_payout
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_change('return it');
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON royalty_payoutbatch
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_change('discard the draft');
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON royalty_payeeterms
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_change('end the terms');
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON royalty_withholding
    FOR EACH STATEMENT EXECUTE FUNCTION royalty_refuse_change('end the rate');

ALTER TABLE royalty_bankdetails ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE royalty_payingaccount ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE royalty_payoutpart ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE royalty_payout ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE royalty_payoutbatch ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE royalty_payeeterms ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE royalty_withholding ENABLE ALWAYS TRIGGER append_only;

-- A batch goes from draft to settled, or is discarded as a draft; what it says stays as it was.
CREATE FUNCTION royalty_guard_batch() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'draft' THEN
            RAISE EXCEPTION 'A batch of payouts begins as a draft, not %.', NEW.status
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.currency, NEW.posted_on, NEW.execution_date, NEW.paying_account_id, NEW.notes,
        NEW.made_by_id, NEW.made_at)
       IS DISTINCT FROM
       (OLD.currency, OLD.posted_on, OLD.execution_date, OLD.paying_account_id, OLD.notes,
        OLD.made_by_id, OLD.made_at)
       OR (OLD.approved_at IS NOT NULL AND (NEW.approved_by_id, NEW.approved_at)
           IS DISTINCT FROM (OLD.approved_by_id, OLD.approved_at))
       OR (OLD.file_sha256 <> '' AND (NEW.file_name, NEW.file_sha256)
           IS DISTINCT FROM (OLD.file_name, OLD.file_sha256)) THEN
        RAISE EXCEPTION 'Batch % stays as it was made, approved and exported.', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
        ('draft', 'approved'), ('draft', 'discarded'), ('approved', 'exported'),
        ('approved', 'settled'), ('exported', 'sent'), ('sent', 'settled')) THEN
        RAISE EXCEPTION 'A batch that is % cannot become %.', OLD.status, NEW.status
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
REVOKE EXECUTE ON FUNCTION royalty_guard_batch() FROM PUBLIC;

CREATE TRIGGER guard_batch AFTER INSERT OR UPDATE ON royalty_payoutbatch
    FOR EACH ROW EXECUTE FUNCTION royalty_guard_batch();
ALTER TABLE royalty_payoutbatch ENABLE ALWAYS TRIGGER guard_batch;

-- A payout is added to a draft, and is pending, then paid, then perhaps returned; never back.
CREATE FUNCTION royalty_guard_payout() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status NOT IN ('pending', 'offset') OR NOT EXISTS (
            SELECT FROM public.royalty_payoutbatch
             WHERE id = NEW.batch_id AND status = 'draft') THEN
            RAISE EXCEPTION 'A payout begins as a pending one of a draft.'
                USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.bank_details_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM public.royalty_bankdetails
             WHERE id = NEW.bank_details_id AND party_id = NEW.party_id) THEN
            RAISE EXCEPTION 'A payout goes to an account of its own party.'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.batch_id, NEW.party_id, NEW.bank_details_id, NEW.payable_atoms,
        NEW.withholding_document)
       IS DISTINCT FROM
       (OLD.batch_id, OLD.party_id, OLD.bank_details_id, OLD.payable_atoms,
        OLD.withholding_document) THEN
        RAISE EXCEPTION 'Payout % stays as it was drafted.', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.status, NEW.status) NOT IN (
        ('pending', 'paid'), ('pending', 'returned'), ('paid', 'returned')) THEN
        RAISE EXCEPTION 'A payout that is % cannot become %.', OLD.status, NEW.status
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
REVOKE EXECUTE ON FUNCTION royalty_guard_payout() FROM PUBLIC;

CREATE TRIGGER guard_payout AFTER INSERT OR UPDATE ON royalty_payout
    FOR EACH ROW EXECUTE FUNCTION royalty_guard_payout();
ALTER TABLE royalty_payout ENABLE ALWAYS TRIGGER guard_payout;

-- Parts are added while their batch is a draft.
CREATE FUNCTION royalty_admit_payout_part() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.royalty_payout payout
          JOIN public.royalty_payoutbatch batch ON batch.id = payout.batch_id
         WHERE payout.id = NEW.payout_id AND batch.status = 'draft') THEN
        RAISE EXCEPTION 'Payout % is not in a draft and takes no more parts.', NEW.payout_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
REVOKE EXECUTE ON FUNCTION royalty_admit_payout_part() FROM PUBLIC;

CREATE TRIGGER admit_part AFTER INSERT ON royalty_payoutpart
    FOR EACH ROW EXECUTE FUNCTION royalty_admit_payout_part();
ALTER TABLE royalty_payoutpart ENABLE ALWAYS TRIGGER admit_part;
