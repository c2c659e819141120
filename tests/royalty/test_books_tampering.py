"""What a superuser did to books that people have worked with is found, whatever it was."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import override_settings
from psycopg.conninfo import conninfo_to_dict

from attribution.models import Attribution
from common.jobs import dispatch
from config.embedded.places import places
from config.embedded.postgres import SUPERUSER
from config.environment import environment
from royalty.models import AccountKind, Journal, JournalKind, Side
from royalty.selectors.verification import verify_ledger
from royalty.services import intake, ledger
from royalty.services.ledger import Draft
from royalty.services.releases import approve_release
from royalty.services.reversals import reverse_journal
from tests.conftest import cloned_database
from tests.royalty.attacker import execute
from tests.royalty.cast import World, ndjson, revenue_lines, settle, usage_lines, worked_example
from tests.royalty.test_books_held import LONG_AFTER, ask, next_month

pytestmark = pytest.mark.skipif(
    not environment().embedded_postgres, reason="tampering takes a superuser of the database"
)
TABLES = ("account", "journal", "entry", "journalseal", "period", "statement", "heldrelease")


@pytest.fixture(scope="module")
def kept(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[tuple[World, dict]]:
    """The books in a database of their own, at which Django then looks as a superuser."""
    storages = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path_factory.mktemp("storage"))},
        }
    }
    with (
        django_db_blocker.unblock(),
        cloned_database() as name,
        override_settings(STORAGES=storages),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(dispatch.current_app, "send_task", lambda *_, **__: None)
        world = lived_in(tmp_path_factory.mktemp("files"))
        with as_superuser(name):
            yield world, storages


def lived_in(folder: Path) -> World:
    """A closed month that held money, a release of it, reversed, and a second release."""
    world = worked_example(fallback="held")
    Attribution.objects.filter(generation=world.generations["G3"]).delete()
    for take, lines in ((intake.take_usage, usage_lines()), (intake.take_revenue, revenue_lines())):
        path = ndjson(folder / take.__name__, lines)
        take(platform=world.platform, source=path, name=path.name)
    settle(world)
    world.november = next_month(world)
    first = approve_release(release=ask(world), user=world.ben, as_of=LONG_AFTER)
    reverse_journal(
        journal=first.journal, reason="too early", user=world.ann, as_of=date(2026, 11, 2)
    )
    approve_release(release=ask(world), user=world.ben, as_of=LONG_AFTER)
    return world


@contextmanager
def as_superuser(database: str) -> Iterator[None]:
    """Django's own connection, with nothing between it and the tables."""
    chosen, before = connection.settings_dict, dict(connection.settings_dict)
    told = conninfo_to_dict(places().url(SUPERUSER, database))
    connection.close()
    chosen.update({key.upper(): told.get(key, "") for key in ("user", "password", "host", "port")})
    try:
        yield
    finally:
        connection.close()
        chosen.update({key: before[key] for key in ("USER", "PASSWORD", "HOST", "PORT")})


@pytest.fixture
def books(kept, settings) -> Iterator[World]:
    """The books; whatever a test does to them is undone after it."""
    world, settings.STORAGES = kept
    with transaction.atomic():
        yield world
        transaction.set_rollback(True)


def tamper(statement: str) -> list[str]:
    """Take every trigger and foreign key away, do it, and bring them back; returns what is found.

    Even ENABLE ALWAYS does not stop who may alter the table.
    """
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    execute("SET LOCAL session_replication_role = replica")
    for table in TABLES:
        execute(f"ALTER TABLE royalty_{table} DISABLE TRIGGER USER")
    execute(statement)
    for table, trigger in execute(
        "SELECT tgrelid::regclass, tgname FROM pg_trigger"
        " WHERE NOT tgisinternal AND tgrelid::regclass::text = ANY (%s)",
        [[f"royalty_{table}" for table in TABLES]],
    ):
        execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}")
    return verify_ledger()


def test_books_that_people_have_worked_with_are_right(books):
    assert verify_ledger() == []


DROP = "ALTER TABLE royalty_{} DROP CONSTRAINT {};"
A_RELEASE = "(SELECT id FROM royalty_journal WHERE kind = 'release' ORDER BY id LIMIT 1)"
NOT_A_JOURNAL = "'00000000-0000-0000-0000-000000000000'"


@pytest.mark.parametrize(
    ("tampering", "words"),
    [
        pytest.param("UPDATE royalty_journal SET period_id = -1 WHERE kind = 'release'",
                     "belongs to no period", id="a-period-gone"),
        pytest.param(DROP.format("journal", "royalty_journal_idempotency_key_key")
                     + "UPDATE royalty_journal SET idempotency_key = 'same'",
                     "same is the key of 5 journals", id="one-key-for-all"),
        pytest.param("UPDATE royalty_journal SET idempotency_key = 'x' WHERE kind = 'revenue'",
                     "x is no journal that the close of its period posts", id="another-key"),
        pytest.param("UPDATE royalty_journal SET reverses_id = " + NOT_A_JOURNAL
                     + " WHERE kind = 'reversal'", "is a reversal of nothing", id="of-nothing"),
        pytest.param(DROP.format("journal", "reversals_name_what_they_reverse")
                     + "UPDATE royalty_journal SET kind = 'advance' WHERE kind = 'reversal'",
                     "reverses and is called advance", id="a-reversal-in-disguise"),
        pytest.param(DROP.format("journal", "royalty_journal_reverses_id_key")
                     + DROP.format("journal", "reversals_name_what_they_reverse")
                     + f"UPDATE royalty_journal SET reverses_id = {A_RELEASE}"
                     " WHERE kind IN ('reversal', 'revenue')",
                     "is reversed 2 times", id="reversed-twice"),
        pytest.param("UPDATE royalty_entry SET amount_atoms = amount_atoms + 1 WHERE journal_id ="
                     " (SELECT id FROM royalty_journal WHERE kind = 'reversal')",
                     "does not mirror the journal that it reverses", id="a-crooked-mirror"),
        pytest.param(f"UPDATE royalty_journal SET corrects_id = {NOT_A_JOURNAL}"
                     " WHERE kind = 'release'", "corrects a journal that is not there",
                     id="a-pointer-to-nothing"),
        pytest.param("UPDATE royalty_journal SET kind = 'restatement' WHERE kind = 'release'",
                     "restates a period without a run of it", id="a-restatement-by-hand"),
        pytest.param("UPDATE royalty_account SET contract_id = -1 WHERE kind = 'commission'",
                     "belongs to no contract", id="an-orphan-of-a-contract"),
        pytest.param("UPDATE royalty_account SET party_id = -1 WHERE party_id ="
                     " (SELECT min(party_id) FROM royalty_account)",
                     "or to a party that is not there", id="an-orphan-of-a-party"),
        pytest.param(DROP.format("account", "one_account_a_purpose")
                     + "INSERT INTO royalty_account (kind, contract_id, currency, created_at)"
                     " SELECT kind, contract_id, currency, now() FROM royalty_account"
                     " WHERE kind = 'commission'",
                     "is one of 2 for the same purpose", id="a-second-commission"),
        pytest.param(DROP.format("period", "periods_are_reviewed_by_a_second_person")
                     + "UPDATE royalty_period SET reviewed_by_id = computed_by_id",
                     "computed and reviewed by the same person", id="one-person"),
        pytest.param(DROP.format("heldrelease", "releases_are_approved_by_a_second_person")
                     + "UPDATE royalty_heldrelease SET requested_by_id = decided_by_id",
                     "without a request that a second person approved", id="an-own-approval"),
        pytest.param("DELETE FROM royalty_heldrelease",
                     "without a request that a second person approved", id="a-request-gone"),
        pytest.param("UPDATE royalty_heldrelease SET amount_atoms = 1",
                     "was approved, and its journal says something else", id="another-amount"),
        pytest.param("UPDATE royalty_journal SET posted_by_id = posted_by_id + 1"
                     " WHERE kind = 'reversal'", "its hash differs", id="another-poster"),
        pytest.param("DELETE FROM royalty_statement WHERE party_id ="
                     " (SELECT min(party_id) FROM royalty_statement)",
                     "moved, and there is no statement of it", id="a-statement-gone"),
        pytest.param("UPDATE royalty_statement SET attributed_atoms = attributed_atoms - 1,"
                     " fallback_atoms = fallback_atoms + 1", "follow from its run",
                     id="attributed-as-fallback"),
        pytest.param(DROP.format("entry", "amounts_are_positive"),
                     "The rule amounts_are_positive is gone.", id="a-rule-gone"),
        pytest.param("ALTER TABLE royalty_entry NO FORCE ROW LEVEL SECURITY",
                     "The table royalty_entry no longer asks who looks", id="no-policies"),
        pytest.param("DROP TRIGGER guard_release ON royalty_heldrelease",
                     "The guard guard_release of royalty_heldrelease is off", id="a-guard-gone"),
    ],
)  # fmt: skip
def test_it_is_found(books, tampering, words):
    findings = tamper(tampering)
    assert any(words in finding for finding in findings), findings


def forged(world: World, kind: JournalKind) -> str:
    """SQL that books money from one account to another in the closed month, with a right hash."""
    held = ledger.account(world.contract, AccountKind.HELD_UNATTRIBUTED)
    platform = ledger.account(world.contract, AccountKind.PLATFORM_SHARE)
    legs = (ledger.leg(held, Side.DEBIT, 5), ledger.leg(platform, Side.CREDIT, 5))
    draft = Draft(
        key="forged", kind=kind, period=world.period, posted_on=world.period.last_day, legs=legs
    )
    journal, journal_id = draft.journal(), uuid4()
    entries = ", ".join(
        f"('{journal_id}', {account}, '{side}', {amount}, '{currency}')"
        for account, side, amount, currency in legs
    )
    return f"""
        INSERT INTO royalty_journal
          (id, idempotency_key, request_sha256, kind, period_id, posted_on, memo)
        VALUES ('{journal_id}', 'forged', '{journal.request_sha256}', '{kind}',
                {world.period.pk}, '{journal.posted_on}', '');
        INSERT INTO royalty_entry (journal_id, account_id, side, amount_atoms, currency)
        VALUES {entries};
        INSERT INTO royalty_journalseal (journal_id, entry_count) VALUES ('{journal_id}', 2)"""


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (JournalKind.REVENUE, "is no journal that the close of its period posts"),
        (JournalKind.RELEASE, "releases money without a request that a second person approved"),
        (JournalKind.RESTATEMENT, "restates a period without a run of it"),
    ],
)
def test_a_whole_sealed_and_hashed_forgery_is_found(books, kind, words):
    (finding,) = tamper(forged(books, kind))
    assert finding == f"forged {words}."
    assert Journal.objects.filter(idempotency_key="forged").exists()
