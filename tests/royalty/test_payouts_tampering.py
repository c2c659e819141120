"""Payouts that a superuser altered are found by comparing them with the books."""

import pytest

from config.embedded.places import places
from config.embedded.postgres import superuser_connection
from config.environment import environment
from royalty.selectors.verification import verify_ledger
from royalty.services import intake
from tests.royalty.cast import (
    ndjson,
    revenue_lines,
    settle,
    usage_lines,
    worked_example,
)
from tests.royalty.payees import agree_with_all, approved, open_month

pytestmark = pytest.mark.skipif(
    not environment().embedded_postgres, reason="tampering takes a superuser of the database"
)
TABLES = ("payout", "payoutpart", "payoutbatch", "journal", "entry", "journalseal")
FIRST = "id = (SELECT min(id) FROM royalty_payoutpart)"
# What is done, what undoes it, and what is said of it.
TAMPERINGS = {
    "a larger payment": (
        "UPDATE royalty_payout SET payable_atoms = payable_atoms + 1",
        "UPDATE royalty_payout SET payable_atoms = payable_atoms - 1",
        "its parts",
    ),
    "a smaller fee": (
        f"UPDATE royalty_payoutpart SET fee_atoms = fee_atoms - 1,"
        f" gross_atoms = gross_atoms - 1 WHERE {FIRST}",
        f"UPDATE royalty_payoutpart SET fee_atoms = fee_atoms + 1,"
        f" gross_atoms = gross_atoms + 1 WHERE {FIRST}",
        "atoms of admin_fee in the books, but its payout says",
    ),
    "paid without a journal": (
        "UPDATE royalty_payout SET status = 'paid'",
        "UPDATE royalty_payout SET status = 'pending'",
        "has 0 atoms of bank in the books",
    ),
    "returned without a journal": (
        "UPDATE royalty_payout SET status = 'returned', return_reason = 'x'",
        "UPDATE royalty_payout SET status = 'pending', return_reason = ''",
        "atoms of party_payable in the books, but its payout says 0",
    ),
    "an approval by the maker": (
        "ALTER TABLE royalty_payoutbatch DROP CONSTRAINT payouts_are_approved_by_a_second_person;"
        " UPDATE royalty_payoutbatch SET approved_by_id = made_by_id",
        "UPDATE royalty_payoutbatch SET approved_by_id = (SELECT id FROM accounts_user"
        " WHERE email = 'ben@example.org')",
        "approved by nobody, or by the person who drafted it",
    ),
}


@pytest.fixture
def superuser(committed_db, tmp_path):
    """A superuser for whom no guard fires, beside a month that was paid."""
    world = worked_example()
    for take, lines in ((intake.take_usage, usage_lines()), (intake.take_revenue, revenue_lines())):
        name = f"{take.__name__}.ndjson"
        take(platform=world.platform, source=ndjson(tmp_path / name, lines), name=name)
    settle(world)
    open_month(world)
    agree_with_all(world, admin_fee_ppm=100_000, reserve_ppm=50_000)
    approved(world)
    with superuser_connection(places(), committed_db) as attacker:
        yield attacker


def test_altered_payouts_are_found(superuser):
    assert verify_ledger() == []
    for table in TABLES:
        superuser.execute(f"ALTER TABLE royalty_{table} DISABLE TRIGGER USER")
    for what, (done, undone, words) in TAMPERINGS.items():
        superuser.execute(done)
        assert any(words in finding for finding in verify_ledger()), what
        superuser.execute(undone)
        assert not any(words in finding for finding in verify_ledger()), f"{what}, undone"


def test_a_guard_of_payouts_that_is_off_is_named(superuser):
    superuser.execute("ALTER TABLE royalty_payout DISABLE TRIGGER guard_payout")
    assert "The guard guard_payout of royalty_payout is off or gone." in verify_ledger()
