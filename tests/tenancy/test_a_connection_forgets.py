"""For whom the database is asked ends where it was said to end: after errors and losses too."""

import threading

import pytest
from django.db import DatabaseError, connection, transaction

from common.database import tenancy
from tests.royalty.attacker import execute

ADA, BEA = tenancy.of_organisation(1), tenancy.of_organisation(2)

pytestmark = pytest.mark.usefixtures("town")


def lose_the_connection() -> None:
    """The server ends it, as it does when it restarts."""
    with pytest.raises(DatabaseError):
        execute("SELECT pg_terminate_backend(pg_backend_pid())")


def test_acting_nests_and_comes_back():
    with tenancy.acting_as(ADA):
        with tenancy.acting_as(BEA):
            assert tenancy.current() == BEA
        assert tenancy.current() == ADA
        tenancy.switch_to(tenancy.NOBODY)
        assert tenancy.current() == tenancy.NOBODY
    assert tenancy.current() == tenancy.SYSTEM


def test_acting_comes_back_after_an_error_inside():
    with tenancy.acting_as(ADA):
        with pytest.raises(ZeroDivisionError), tenancy.acting_as(BEA):
            raise ZeroDivisionError
        assert tenancy.current() == ADA
        with pytest.raises(DatabaseError), tenancy.acting_as(BEA):
            execute("SELECT 1 / 0")
        assert tenancy.current() == ADA
    assert tenancy.current() == tenancy.SYSTEM


def test_acting_comes_back_after_a_rollback_that_says_nothing():
    with tenancy.acting_as(ADA):
        with tenancy.acting_as(BEA):
            transaction.set_rollback(True)
        assert tenancy.current() == ADA


def test_acting_ends_with_the_transaction_though_the_connection_was_lost():
    with pytest.raises(DatabaseError), tenancy.acting_as(ADA):
        execute("SELECT pg_terminate_backend(pg_backend_pid())")
    connection.close()
    assert tenancy.current() == tenancy.SYSTEM


def test_a_tenant_is_switched_only_inside_a_transaction():
    with pytest.raises(RuntimeError, match="inside a transaction"):
        tenancy.switch_to(ADA)
    assert tenancy.current() == tenancy.SYSTEM


def test_work_takes_many_transactions_and_comes_back():
    with tenancy.working_as(ADA):
        for _ in range(2):
            with transaction.atomic():
                assert tenancy.current() == ADA
        with pytest.raises(DatabaseError), transaction.atomic():
            execute("SELECT 1 / 0")
        assert tenancy.current() == ADA
    assert tenancy.current() == tenancy.SYSTEM


def test_work_comes_back_after_an_error():
    with pytest.raises(ZeroDivisionError), tenancy.working_as(ADA):
        raise ZeroDivisionError
    assert tenancy.current() == tenancy.SYSTEM


def test_work_goes_on_as_the_same_after_the_connection_was_lost():
    with tenancy.working_as(ADA):
        lose_the_connection()
        connection.close()  # as Django does when it finds it unusable
        assert tenancy.current() == ADA
        with tenancy.working_as(BEA):
            connection.close()
            assert tenancy.current() == BEA
        assert tenancy.current() == ADA
    assert tenancy.current() == tenancy.SYSTEM


def test_work_that_ends_with_a_lost_connection_comes_back_on_the_next_one():
    with pytest.raises(ZeroDivisionError), tenancy.working_as(ADA):
        lose_the_connection()
        raise ZeroDivisionError
    assert tenancy.current() == tenancy.SYSTEM


def test_work_inside_a_transaction_does_not_outlive_it():
    with tenancy.acting_as(ADA):
        with tenancy.working_as(BEA):
            assert tenancy.current() == BEA
        assert tenancy.current() == ADA
    assert tenancy.current() == tenancy.SYSTEM


def test_work_inside_a_transaction_that_rolls_back_leaves_nothing():
    with (
        pytest.raises(ZeroDivisionError),
        transaction.atomic(),
        tenancy.working_as(BEA),
    ):
        raise ZeroDivisionError
    assert tenancy.current() == tenancy.SYSTEM


def test_another_thread_begins_as_the_process_does_and_not_as_this_one():
    """The heart of a job beats in a thread: it must not go blind because the job is a tenant's."""
    said = []

    def ask() -> None:
        said.append(tenancy.current())
        connection.close()

    with tenancy.working_as(ADA), tenancy.acting_as(BEA):
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    assert said == [tenancy.SYSTEM]


def test_the_owners_connection_is_told_nothing(django_db_blocker):
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT current_setting('tantieme.tenant', true)")
        assert cursor.fetchone()[0] in {None, ""}
    connections["owner"].close()
