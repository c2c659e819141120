"""Invoices, receipts and matches that a superuser altered are found; guards that are off, too."""

import pytest

from config.embedded.places import places
from config.embedded.postgres import superuser_connection
from config.environment import environment
from royalty.selectors.verification import verify_ledger
from royalty.services import intake
from tests.royalty.cast import ndjson, revenue_lines, settle, usage_lines, worked_example
from tests.royalty.money_in import Paid, agree_self_billing, billed, issue, receive
from tests.royalty.payees import agree_with_all, approved, open_month

pytestmark = pytest.mark.skipif(
    not environment().embedded_postgres, reason="tampering takes a superuser of the database"
)
TABLES = ("invoice", "receipt", "match", "selfbilledinvoice", "journal", "entry")
# What is done, what undoes it, and what is said of it.
TAMPERINGS = {
    "a larger invoice": (
        "UPDATE royalty_invoice SET net_atoms = net_atoms + 1000000,"
        " gross_atoms = gross_atoms + 1000000",
        "UPDATE royalty_invoice SET net_atoms = net_atoms - 1000000,"
        " gross_atoms = gross_atoms - 1000000",
        "INV-2026-0001 says 2801000000 atoms; 2800000000 follow from its periods",
    ),
    "another line": (
        """UPDATE royalty_invoice SET lines = jsonb_set(lines, '{0,text}', '"gift"')""",
        """UPDATE royalty_invoice SET lines = jsonb_set(lines, '{0,text}', '"2026-10: revenue"')""",
        "INV-2026-0001 says 2800000000 atoms; 2800000000 follow",
    ),
    "a number left out": (
        "UPDATE royalty_invoice SET number = 2",
        "UPDATE royalty_invoice SET number = 1",
        "INV-2026 has 1 documents and numbers from 2 to 2",
    ),
    "VAT that was not booked": (
        "UPDATE royalty_invoice SET vat_atoms = 1, gross_atoms = gross_atoms + 1",
        "UPDATE royalty_invoice SET vat_atoms = 0, gross_atoms = gross_atoms - 1",
        "has 0 atoms of vat payable in the books, but it says 1",
    ),
    "a receipt that brought more": (
        "UPDATE royalty_receipt SET amount_atoms = amount_atoms + 1",
        "UPDATE royalty_receipt SET amount_atoms = amount_atoms - 1",
        "atoms of bank in the books, but it says",
    ),
    "a match of more than came in": (
        "UPDATE royalty_match SET amount_atoms = amount_atoms * 3",
        "UPDATE royalty_match SET amount_atoms = amount_atoms / 3",
        "of which 3000000000 are used",
    ),
    "a match that was undone in secret": (
        "INSERT INTO royalty_match (use, contract_id, receipt_id, invoice_id, amount_atoms,"
        " found_by, undoes_id, matched_by_id, matched_on)"
        " SELECT use, contract_id, receipt_id, invoice_id, amount_atoms, 'x', id, matched_by_id,"
        " matched_on FROM royalty_match",
        "DELETE FROM royalty_match WHERE undoes_id IS NOT NULL",
        "has 1000000000 atoms of owed in the books, but it says 0",
    ),
    "a payee's invoice of less": (
        "UPDATE royalty_selfbilledinvoice SET vat_atoms = vat_atoms - 1,"
        " gross_atoms = gross_atoms - 1",
        "UPDATE royalty_selfbilledinvoice SET vat_atoms = vat_atoms + 1,"
        " gross_atoms = gross_atoms + 1",
        "atoms of VAT, its own invoices",
    ),
}


@pytest.fixture
def superuser(committed_db, tmp_path):
    """A superuser for whom no guard fires, beside a month that was invoiced and paid in part."""
    world = worked_example(pays_before_collection=False)
    for take, lines in ((intake.take_usage, usage_lines()), (intake.take_revenue, revenue_lines())):
        name = f"{take.__name__}.ndjson"
        take(platform=world.platform, source=ndjson(tmp_path / name, lines), name=name)
    settle(world)
    open_month(world)
    agree_with_all(world)
    agree_self_billing(billed(world), "A")
    invoice = issue(world)
    receive(world, Paid("10.00", reference=invoice.reference))
    approved(world)
    with superuser_connection(places(), committed_db) as attacker:
        yield attacker


def test_altered_money_in_is_found(superuser):
    assert verify_ledger() == []
    for table in TABLES:
        superuser.execute(f"ALTER TABLE royalty_{table} DISABLE TRIGGER USER")
    for what, (done, undone, words) in TAMPERINGS.items():
        superuser.execute(done)
        assert any(words in finding for finding in verify_ledger()), (what, verify_ledger())
        superuser.execute(undone)
        assert not any(words in finding for finding in verify_ledger()), f"{what}, undone"


@pytest.mark.parametrize(
    ("guard", "table"),
    [("admit_match", "royalty_match"), ("royalty_payout_is_of_a_batch", "royalty_journal")],
)
def test_a_guard_that_is_off_is_named(superuser, guard, table):
    superuser.execute(f"ALTER TABLE {table} DISABLE TRIGGER {guard}")
    assert f"The guard {guard} of {table} is off or gone." in verify_ledger()
