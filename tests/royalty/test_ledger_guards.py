"""The database refuses wrong books, whoever writes them. Every test here tries to break it."""

import pytest
from django.db import (
    Error,
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
    connection,
    connections,
)

from royalty.models import Account, JournalSeal
from royalty.services import ledger
from tests.royalty.attacker import (
    accounts,
    execute,
    insert_balanced,
    insert_entry,
    insert_journal,
    seal_now,
)
from tests.royalty.cast import date, settle, sign

pytestmark = pytest.mark.django_db


def test_a_balanced_journal_is_sealed(bare):
    journal_id = insert_balanced(bare)
    assert not JournalSeal.objects.exists()
    seal_now()
    assert JournalSeal.objects.get().journal_id == journal_id
    assert JournalSeal.objects.get().entry_count == 2


def test_an_unbalanced_journal_is_refused(bare):
    debit, credit = accounts(bare)
    journal_id = insert_journal(bare, key="crooked")
    insert_entry(journal_id, debit, "debit", 1099)
    insert_entry(journal_id, credit, "credit", 100)
    with pytest.raises(IntegrityError, match="crooked debits 1099 and credits 100 atoms in EUR"):
        seal_now()


def test_a_journal_with_one_leg_is_refused(bare):
    journal_id = insert_journal(bare)
    insert_entry(journal_id, accounts(bare)[0], "debit", 5)
    with pytest.raises(IntegrityError, match="has 1 entries; it needs at least two"):
        seal_now()


def test_a_journal_without_entries_is_refused(bare):
    insert_journal(bare)
    with pytest.raises(IntegrityError, match="has 0 entries"):
        seal_now()


@pytest.mark.parametrize("amount", [0, -5])
def test_an_amount_that_is_not_positive_is_refused(bare, amount):
    with pytest.raises(IntegrityError, match="amounts_are_positive"):
        insert_entry(insert_journal(bare), accounts(bare)[0], "debit", amount)


def test_a_side_that_is_none_is_refused(bare):
    with pytest.raises(IntegrityError, match="entries_have_a_side"):
        insert_entry(insert_journal(bare), accounts(bare)[0], "left", 5)


def test_amounts_that_balance_only_across_currencies_are_refused(bare):
    debit, _ = accounts(bare)
    dollars = Account.objects.create(contract=bare.contract, kind="commission", currency="USD")
    journal_id = insert_journal(bare)
    insert_entry(journal_id, debit, "debit", 100)
    insert_entry(journal_id, dollars, "credit", 100, currency="USD")
    with pytest.raises(IntegrityError, match="both must be the same"):
        seal_now()


def test_an_entry_in_another_currency_than_its_account_is_refused(bare):
    debit, credit = accounts(bare)
    journal_id = insert_journal(bare)
    insert_entry(journal_id, debit, "debit", 100, currency="USD")
    insert_entry(journal_id, credit, "credit", 100, currency="USD")
    with pytest.raises(IntegrityError, match="another currency than their account"):
        seal_now()


def test_an_account_that_does_not_exist_is_refused(bare):
    journal_id = insert_journal(bare)
    insert_entry(journal_id, accounts(bare)[0], "debit", 100)
    insert_entry(journal_id, Account(pk=2**40), "credit", 100)
    with pytest.raises(IntegrityError, match="than their account"):
        seal_now()


def test_what_an_entry_names_stays_declared_though_guards_look_it_up(bare):
    rows = execute(
        "SELECT confrelid::regclass::text, conenforced FROM pg_constraint"
        " WHERE conrelid = 'royalty_entry'::regclass AND contype = 'f' ORDER BY 1"
    )
    assert rows == [("royalty_account", False), ("royalty_journal", False)]


def test_an_account_of_another_contract_is_refused(bare):
    other = sign(bare.platform, code="other", service="other")
    foreign = Account.objects.create(contract=other, kind="commission", currency="EUR")
    journal_id = insert_journal(bare)
    insert_entry(journal_id, accounts(bare)[0], "debit", 100)
    insert_entry(journal_id, foreign, "credit", 100)
    with pytest.raises(IntegrityError, match="another contract than its period"):
        seal_now()


def test_a_sealed_journal_takes_no_more_entries(bare):
    # The attack that a seal by transaction id alone let through: make the checks pass early, then
    # add to the journal in the same transaction.
    journal_id = insert_balanced(bare)
    seal_now()
    with pytest.raises(IntegrityError, match="is sealed and takes no more entries"):
        insert_entry(journal_id, accounts(bare)[0], "debit", 999)


def test_a_sealed_journal_takes_no_balanced_pair_either(bare):
    journal_id = insert_balanced(bare)
    seal_now()
    debit, credit = accounts(bare)
    with pytest.raises(IntegrityError, match="is sealed"):
        execute(
            "INSERT INTO royalty_entry (journal_id, account_id, side, amount_atoms, currency)"
            " VALUES (%s, %s, 'debit', 7, 'EUR'), (%s, %s, 'credit', 7, 'EUR')",
            [journal_id, debit.pk, journal_id, credit.pk],
        )


def test_the_application_cannot_write_seals(bare):
    journal_id = insert_journal(bare)
    with pytest.raises(ProgrammingError, match="permission denied"):
        execute(
            "INSERT INTO royalty_journalseal (journal_id, entry_count) VALUES (%s, 2)",
            [journal_id],
        )


def test_the_application_cannot_borrow_the_function_that_seals(bare):
    execute("CREATE TEMPORARY TABLE decoy (id uuid, idempotency_key text)")
    with pytest.raises(ProgrammingError, match="permission denied"):
        execute(
            "CREATE TRIGGER mine AFTER INSERT ON decoy"
            " FOR EACH ROW EXECUTE FUNCTION royalty_seal_journal()"
        )


def test_a_temporary_table_of_the_same_name_fools_no_guard(bare):
    debit, _ = accounts(bare)
    journal_id = insert_journal(bare)
    insert_entry(journal_id, debit, "debit", 100)
    execute("CREATE TEMPORARY TABLE royalty_entry AS TABLE royalty_entry WITH NO DATA")
    insert_entry(journal_id, debit, "debit", 100)
    insert_entry(journal_id, debit, "credit", 100)
    with pytest.raises(IntegrityError, match="has 1 entries"):
        seal_now()


TABLES = {
    "royalty_account": "kind",
    "royalty_journal": "memo",
    "royalty_entry": "side",
    "royalty_journalseal": "entry_count",
    "royalty_usageevent": "count",
    "royalty_revenueevent": "amount_atoms",
    "royalty_intakefile": "name",
    "royalty_allocationrun": "pool_atoms",
}
CHANGES = ["UPDATE {} SET {column} = {column}", "DELETE FROM {}", "TRUNCATE {} CASCADE"]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("attack", CHANGES)
def test_the_application_may_not_change_what_was_written(bare, table, attack):
    with pytest.raises(ProgrammingError, match="permission denied"):
        execute(attack.format(table, column=TABLES[table]))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("attack", CHANGES)
@pytest.mark.django_db(databases=["default", "owner"])
def test_even_the_owner_of_the_tables_is_refused(table, attack):
    with connections["owner"].cursor() as cursor, pytest.raises(Error, match="is append-only"):
        cursor.execute(attack.format(table, column=TABLES[table]))


@pytest.mark.parametrize(
    "attack",
    [
        "ALTER TABLE royalty_entry DISABLE TRIGGER ALL",
        "ALTER TABLE royalty_journal DISABLE TRIGGER royalty_journal_is_whole",
        "DROP TRIGGER refuse_late_entries ON royalty_entry",
        "ALTER TABLE royalty_entry DROP CONSTRAINT amounts_are_positive",
        "DROP FUNCTION royalty_seal_journal() CASCADE",
        "SET session_replication_role = replica",
        "SET ROLE tantieme_owner",
        "CREATE OR REPLACE FUNCTION royalty_refuse_late_entries() RETURNS trigger"
        " LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    ],
)
def test_the_application_cannot_switch_a_guard_off(bare, attack):
    with pytest.raises(ProgrammingError, match=r"must be owner|permission denied"):
        execute(attack)


def test_a_grant_that_is_not_ours_to_give_changes_nothing(bare):
    execute("GRANT ALL ON royalty_entry TO CURRENT_USER")  # PostgreSQL warns and grants nothing
    with pytest.raises(ProgrammingError, match="permission denied"):
        execute("UPDATE royalty_entry SET side = side")


@pytest.mark.parametrize("day", [date(2026, 9, 30), date(2026, 11, 1)])
def test_a_journal_dated_outside_its_period_is_refused(bare, day):
    with pytest.raises(IntegrityError, match="lies outside its period"):
        insert_journal(bare, day=day)


def test_a_journal_of_no_period_is_refused(bare):
    with pytest.raises(IntegrityError, match="There is no period 999999"):
        insert_journal(bare, period=999_999)


def test_a_closed_period_takes_no_journal(reported):
    settle(reported)
    with pytest.raises(IntegrityError, match="is closed; post the difference in an open period"):
        insert_journal(reported)


def test_a_closed_period_cannot_be_opened_by_hand(reported):
    settle(reported)
    with pytest.raises(IntegrityError, match="is closed and stays as it is"):
        execute("UPDATE royalty_period SET status = 'open', computed_by_id = NULL")


@pytest.mark.parametrize(
    "change",
    ["status = 'reviewed', computed_by_id = {ann}, reviewed_by_id = {ben}",
     "status = 'closed', computed_by_id = {ann}, reviewed_by_id = {ben}, closed_by_id = {ann}"],
)  # fmt: skip
def test_a_period_cannot_skip_a_step(bare, change):
    with pytest.raises(IntegrityError, match="the order is open, computed, reviewed, closed"):
        execute(f"UPDATE royalty_period SET {change.format(ann=bare.ann.pk, ben=bare.ben.pk)}")


def test_nobody_closes_alone_what_a_machine_computed_even_in_the_database(bare):
    execute("UPDATE royalty_period SET status = 'computed', computed_at = now()")
    execute(f"UPDATE royalty_period SET status = 'reviewed', reviewed_by_id = {bare.ann.pk}")
    with pytest.raises(IntegrityError, match="two_people_stand_behind_a_close"):
        execute(f"UPDATE royalty_period SET status = 'closed', closed_by_id = {bare.ann.pk}")


def test_nobody_reviews_what_they_computed_even_in_the_database(bare):
    execute(
        "UPDATE royalty_period SET status = 'computed', computed_at = now(),"
        f" computed_by_id = {bare.ann.pk}"
    )
    with pytest.raises(IntegrityError, match="reviewed_by_a_second_person"):
        execute(f"UPDATE royalty_period SET status = 'reviewed', reviewed_by_id = {bare.ann.pk}")


@pytest.mark.parametrize(
    "attack",
    ["UPDATE royalty_period SET ends_on = '2027-01-01'", "DELETE FROM royalty_period",
     "UPDATE royalty_contract SET commission_ppm = 0", "DELETE FROM royalty_contract",
     "UPDATE royalty_statement SET closing_atoms = 0", "DELETE FROM royalty_statement"],
)  # fmt: skip
def test_terms_days_and_stated_amounts_are_final(bare, attack):
    with pytest.raises(ProgrammingError, match="permission denied"):
        execute(attack)


def test_a_reversal_must_mirror_what_it_reverses(bare):
    debit, credit = accounts(bare)
    original = insert_balanced(bare)
    seal_now()
    execute("SET CONSTRAINTS ALL DEFERRED")
    reversal = insert_journal(bare, key="half", reverses=original)
    insert_entry(reversal, credit, "debit", 50)
    insert_entry(reversal, debit, "credit", 50)
    with pytest.raises(IntegrityError, match="half does not mirror the journal that it reverses"):
        seal_now()


def test_bulk_insertion_meets_the_same_guards(bare):
    debit, credit = accounts(bare)
    journal_id = insert_journal(bare, key="bulk")
    legs = [[debit.pk, credit.pk], ["debit", "credit"], [100, 99], ["EUR", "EUR"]]
    execute(ledger.INSERT_ENTRIES, [journal_id, *legs])
    with pytest.raises(IntegrityError, match="bulk debits 100 and credits 99"):
        seal_now()


def test_copy_past_the_policies_is_refused(bare):
    with (
        connection.cursor() as cursor,
        pytest.raises(NotSupportedError, match="row-level security"),
    ):
        cursor.execute("COPY royalty_entry FROM STDIN")
