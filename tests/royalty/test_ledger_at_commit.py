"""The ledger's guards where they count: at real commits, between real connections."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from royalty.models import Entry, Journal, JournalKind, Period, Side
from royalty.services import ledger
from royalty.services.ledger import Draft, KeyReusedError, LedgerError
from tests.royalty.attacker import (
    DAY,
    accounts,
    execute,
    insert_balanced,
    insert_entry,
    insert_journal,
)
from tests.royalty.cast import empty_world

WAIT_SECONDS = 0.3


def test_commit_itself_refuses(committed_db):
    world = empty_world()
    debit, credit = accounts(world)
    with pytest.raises(IntegrityError, match="debits 1099 and credits 100"), transaction.atomic():
        journal_id = insert_journal(world)
        insert_entry(journal_id, debit, "debit", 1099)
        insert_entry(journal_id, credit, "credit", 100)
    assert not Journal.objects.exists()
    assert not Entry.objects.exists()


def test_a_committed_journal_takes_no_more_entries(committed_db):
    world = empty_world()
    with transaction.atomic():
        journal_id = insert_balanced(world)
    with pytest.raises(IntegrityError, match="is sealed"):
        insert_entry(journal_id, accounts(world)[0], "debit", 1)
    assert Entry.objects.count() == 2
    assert Journal.objects.get().posted_on == DAY


def in_threads(*functions):
    """Run each on a connection of its own, at once; exceptions come back as results."""

    def run(function):
        try:
            return function()
        except Exception as error:  # noqa: BLE001 it is the result
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(functions)) as pool:
        return [future.result() for future in [pool.submit(run, f) for f in functions]]


def draft(world, key="k", amount=100):
    debit, credit = accounts(world)
    return Draft(
        key=key,
        kind=JournalKind.REVENUE,
        period=world.period,
        posted_on=DAY,
        legs=(ledger.leg(debit, Side.DEBIT, amount), ledger.leg(credit, Side.CREDIT, amount)),
    )


def finish_by_hand(world):
    """Bring the period to its end by SQL, as closing does: the row is locked first."""
    execute("UPDATE royalty_period SET status = 'computed', computed_at = now()")
    execute(f"UPDATE royalty_period SET status = 'reviewed', reviewed_by_id = {world.ben.pk}")
    Period.objects.select_for_update().get(pk=world.period.pk)
    execute(f"UPDATE royalty_period SET status = 'closed', closed_by_id = {world.ann.pk}")


def test_posting_waits_for_a_close_under_way_and_is_then_refused(committed_db):
    world = empty_world()
    posting = draft(world)
    closing, posted_too_early = threading.Event(), threading.Event()

    def close():
        with transaction.atomic():
            finish_by_hand(world)
            closing.set()
            assert not posted_too_early.wait(WAIT_SECONDS)

    def post():
        closing.wait()
        try:
            return ledger.post(posting)
        finally:
            posted_too_early.set()

    closed, posted = in_threads(close, post)
    assert closed is None
    assert isinstance(posted, LedgerError)
    assert "is closed" in str(posted)
    assert not Journal.objects.exists()


def test_a_close_waits_for_a_posting_under_way(committed_db):
    world = empty_world()
    posting = draft(world)
    posting_done, closed_too_early = threading.Event(), threading.Event()

    def post():
        with transaction.atomic():
            ledger.post(posting)
            posting_done.set()
            assert not closed_too_early.wait(WAIT_SECONDS)

    def close():
        posting_done.wait()
        with transaction.atomic():
            finish_by_hand(world)
            closed_too_early.set()
            return Journal.objects.count()

    _, seen_by_the_close = in_threads(post, close)
    assert seen_by_the_close == 1


def test_of_two_that_post_the_same_at_once_both_get_the_one_journal(committed_db):
    world = empty_world()
    posting = draft(world)
    one, other = in_threads(lambda: ledger.post(posting), lambda: ledger.post(posting))
    assert one == other == Journal.objects.get()
    assert Entry.objects.count() == 2


def test_of_two_that_post_another_content_at_once_one_is_refused(committed_db):
    world = empty_world()
    drafts = draft(world, amount=1), draft(world, amount=2)
    results = in_threads(*(lambda d=d: ledger.post(d) for d in drafts))
    assert sorted(type(result) for result in results if isinstance(result, Exception)) == [
        KeyReusedError
    ]
    assert Journal.objects.count() == 1


def test_nothing_slips_into_a_journal_that_is_being_posted_elsewhere(committed_db):
    # Foreign keys are checked at commit. So an entry for a journal that nobody can see yet, whose
    # own commit comes after the journal's, would pass them, and the seal would be there already.
    world = empty_world()
    debit, _ = accounts(world)
    ids, posted, intruded = [], threading.Event(), threading.Event()

    def post():
        with transaction.atomic():
            ids.append(insert_balanced(world))
            posted.set()
            intruded.wait()

    def intrude():
        posted.wait()
        with transaction.atomic():
            try:
                insert_entry(ids[0], debit, "debit", 999)
            finally:
                intruded.set()
            posting.join()

    posting = threading.Thread(target=lambda: in_threads(post))
    posting.start()
    (intruder,) = in_threads(intrude)
    posting.join()
    assert isinstance(intruder, IntegrityError)
    assert "There is no journal" in str(intruder)
    assert Entry.objects.count() == 2
