"""What a superuser did behind the guards' back is found by recomputing everything."""

import psycopg
import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from config.embedded.places import places
from config.embedded.postgres import superuser_connection
from config.environment import environment
from royalty.models import AllocationRun
from royalty.selectors.verification import verify_ledger
from royalty.services import intake
from tests.royalty.cast import ndjson, revenue_lines, settle, usage_lines, worked_example

pytestmark = pytest.mark.skipif(
    not environment().embedded_postgres, reason="tampering takes a superuser of the database"
)


@pytest.fixture
def books(committed_db, tmp_path):
    """A closed month, committed."""
    world = worked_example()
    for take, lines, name in (
        (intake.take_usage, usage_lines(), "usage.ndjson"),
        (intake.take_revenue, revenue_lines(), "revenue.ndjson"),
    ):
        take(platform=world.platform, source=ndjson(tmp_path / name, lines), name=name)
    settle(world)
    return world


@pytest.fixture
def superuser(books, committed_db):
    """A connection on which no guard fires."""
    with superuser_connection(places(), committed_db) as attacker:
        attacker.execute("SET session_replication_role = replica")
        yield attacker


def without_guards(superuser: psycopg.Connection, statement: str) -> None:
    """Even ENABLE ALWAYS does not stop who may alter the table: off, change, on again."""
    tables = ["royalty_entry", "royalty_journal", "royalty_journalseal", "royalty_account",
              "royalty_usageevent", "royalty_revenueevent", "royalty_allocationrun",
              "royalty_period"]  # fmt: skip
    with superuser.transaction():
        for table in tables:
            superuser.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        superuser.execute(statement)
        for table in tables:
            names = superuser.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal",
                [table],
            ).fetchall()
            for (name,) in names:
                superuser.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


PAYABLE = "(SELECT id FROM royalty_account WHERE kind = 'party_payable' ORDER BY id {} LIMIT 1)"
ONE_ENTRY = "(SELECT id FROM royalty_entry ORDER BY id LIMIT 1)"


def test_right_books_are_right(books):
    assert verify_ledger() == []


@pytest.mark.parametrize("table", ["royalty_entry", "royalty_journal", "royalty_usageevent"])
def test_a_replica_session_does_not_get_past_the_guards(superuser, table):
    with pytest.raises(psycopg.Error, match="is append-only"):
        superuser.execute(f"DELETE FROM {table}")


@pytest.mark.parametrize(
    ("tampering", "words"),
    [
        (f"UPDATE royalty_entry SET amount_atoms = amount_atoms + 1 WHERE id = {ONE_ENTRY}",
         "is out of balance by"),
        ("UPDATE royalty_entry SET amount_atoms = amount_atoms * 2 WHERE journal_id ="
         " (SELECT id FROM royalty_journal WHERE kind = 'revenue')", "its hash differs"),
        (f"UPDATE royalty_entry SET account_id = {PAYABLE.format('DESC')}"
         f" WHERE account_id = {PAYABLE.format('')}", "follow from the snapshot"),
        ("UPDATE royalty_entry SET side = CASE side WHEN 'debit' THEN 'credit' ELSE 'debit' END",
         "its hash differs"),
        (f"DELETE FROM royalty_entry WHERE id = {ONE_ENTRY}", "sealed with 2 entries and has 1"),
        ("DELETE FROM royalty_journalseal", "has no seal"),
        ("DELETE FROM royalty_journal WHERE kind = 'allocation'", "there is no such journal"),
        ("DELETE FROM royalty_entry; DELETE FROM royalty_journalseal; DELETE FROM royalty_journal",
         "0 atoms in the books"),
        ("UPDATE royalty_journal SET posted_on = '2026-09-01'", "is dated outside its period"),
        ("UPDATE royalty_journal SET memo = 'nothing to see'", "its hash differs"),
        (f"UPDATE royalty_entry SET currency = 'USD' WHERE id = {ONE_ENTRY}",
         "not in the currency of its account"),
        ("UPDATE royalty_usageevent SET count = count + 1", "uses or revenue are not those"),
        ("DELETE FROM royalty_revenueevent WHERE subscriber = 'U1'", "uses or revenue are not"),
        ("UPDATE royalty_allocationrun SET snapshot_sha256 = repeat('0', 64)", "holds the snap"),
        ("UPDATE royalty_allocationrun SET lines_sha256 = repeat('0', 64)", "come out differently"),
        ("UPDATE royalty_statement SET closing_atoms = closing_atoms + 1,"
         " adjustment_atoms = adjustment_atoms + 1", "the books say"),
        ("UPDATE royalty_contract SET allocation_model = 'user_centric'", "come out differently"),
        ("UPDATE royalty_contract SET composition_ppm = 0", "do not lead to the root"),
        ("UPDATE royalty_contract SET composition_ppm = 500000", "another part for the comp"),
        ("UPDATE royalty_contract SET model_parameters = '{\"a\": 1}'", "states other parameters"),
        ("UPDATE royalty_contract SET guarantee_minor = 10000", "follow from the contract's"),
        ("UPDATE royalty_allocationrun SET guarantee_atoms = 1", "are owed on top, but 0 follow"),
    ],
)  # fmt: skip
def test_changed_rows_are_found(superuser, tampering, words):
    without_guards(superuser, tampering)
    findings = verify_ledger()
    assert any(words in finding for finding in findings), findings


def test_exchanged_accounts_are_found(superuser):
    first, second = (PAYABLE.format(order) for order in ("", "DESC"))
    without_guards(
        superuser,
        "WITH swapped AS (SELECT one.id, other.party_id FROM royalty_account one,"
        f" royalty_account other WHERE (one.id, other.id) IN (({first}, {second}),"
        f" ({second}, {first}))) UPDATE royalty_account SET party_id = -swapped.party_id"
        " FROM swapped WHERE swapped.id = royalty_account.id;"
        " UPDATE royalty_account SET party_id = -party_id WHERE party_id < 0",
    )
    findings = verify_ledger()
    assert any("follow from the snapshot" in finding for finding in findings), findings


@pytest.mark.parametrize(
    "switched_off",
    [
        "ALTER TABLE royalty_entry DISABLE TRIGGER append_only",
        "ALTER TABLE royalty_journal DISABLE TRIGGER royalty_journal_is_whole",
        "ALTER TABLE royalty_journal ENABLE REPLICA TRIGGER admit_journal",
        "DROP TRIGGER refuse_late_entries ON royalty_entry",
    ],
)
def test_a_guard_that_is_off_is_named(superuser, switched_off):
    superuser.execute(switched_off)
    (finding,) = verify_ledger()
    assert finding.startswith("The guard ")
    assert finding.endswith("is off or gone.")


def test_a_lost_snapshot_is_named(books):
    default_storage.delete(AllocationRun.objects.get().snapshot_name)
    (finding,) = verify_ledger()
    assert "is missing from the storage" in finding


def test_the_command_fails_on_wrong_books_and_says_where(superuser, capsys):
    call_command("verify_ledger")
    assert capsys.readouterr().out == "The books are right.\n"
    without_guards(superuser, "UPDATE royalty_journal SET memo = 'changed'")
    with pytest.raises(CommandError, match="wrong in 2 places"):
        call_command("verify_ledger")
    assert "its hash differs" in capsys.readouterr().err
