"""What a superuser does to lines, statements or roots is found by deriving the roots again."""

import json
from datetime import date

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings

from config.environment import environment
from royalty.models import PeriodRoot, PeriodSecret
from royalty.proof import Root, chained
from royalty.selectors import proofs
from royalty.selectors.verification import verify_ledger
from royalty.services import intake, periods
from tests.conftest import cloned_database
from tests.royalty.attacker import execute
from tests.royalty.cast import AFTER, ndjson, revenue_lines, settle, usage_lines, worked_example
from tests.royalty.test_books_tampering import as_superuser

pytestmark = pytest.mark.skipif(
    not environment().embedded_postgres, reason="tampering takes a superuser of the database"
)
TABLES = ("periodroot", "periodsecret", "statement")


@pytest.fixture(scope="module")
def kept(django_db_setup, django_db_blocker, tmp_path_factory):
    """Two closed months in a database of their own, at which Django looks as a superuser."""
    folder = tmp_path_factory.mktemp("storage")
    backend = "django.core.files.storage.FileSystemStorage"
    storages = django_settings.STORAGES | {
        "default": {"BACKEND": backend, "OPTIONS": {"location": str(folder)}}
    }
    with (
        django_db_blocker.unblock(),
        cloned_database() as name,
        override_settings(STORAGES=storages),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr("common.jobs.dispatch.current_app.send_task", lambda *_, **__: None)
        two_months(tmp_path_factory.mktemp("files"))
        with as_superuser(name):
            yield storages


def two_months(folder) -> None:
    world = worked_example()
    for take, lines in ((intake.take_usage, usage_lines()), (intake.take_revenue, revenue_lines())):
        path = ndjson(folder / take.__name__, lines)
        take(platform=world.platform, source=path, name=path.name)
    settle(world)
    november = periods.open_period(
        contract=world.contract, starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 1)
    )
    settle(world, november, AFTER.replace(month=12))


@pytest.fixture
def books(kept, settings):
    """The months; whatever a test does to them is undone after it."""
    settings.STORAGES = kept
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def tamper(*statements: str) -> list[str]:
    """Take the triggers away, do it, bring them back; returns what is found of the roots."""
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    execute("SET LOCAL session_replication_role = replica")
    for table in TABLES:
        execute(f"ALTER TABLE royalty_{table} DISABLE TRIGGER USER")
    for statement in statements:
        execute(statement)
    for table, trigger in execute(
        "SELECT tgrelid::regclass, tgname FROM pg_trigger"
        " WHERE NOT tgisinternal AND tgrelid::regclass::text = ANY (%s)",
        [[f"royalty_{table}" for table in TABLES]],
    ):
        execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}")
    return verify_ledger()


FIRST = "(SELECT min(id) FROM royalty_periodroot)"
LAST = "(SELECT max(id) FROM royalty_periodroot)"
OTHER = "repeat('0', 64)"


def test_right_roots_are_right(books):
    assert verify_ledger() == []


@pytest.mark.parametrize(
    ("tampering", "words"),
    [
        pytest.param(f"UPDATE royalty_periodroot SET root_sha256 = {OTHER} WHERE id = {FIRST}",
                     "do not lead to the root that was stored", id="another-root"),
        pytest.param("UPDATE royalty_periodroot SET leaf_count = leaf_count + 1",
                     "do not lead to the root that was stored", id="another-count"),
        pytest.param(f"UPDATE royalty_periodroot SET chain_sha256 = {OTHER} WHERE id = {LAST}",
                     "is not chained to the roots before it", id="another-chain"),
        pytest.param(f"UPDATE royalty_periodroot SET previous_id = NULL WHERE id = {LAST}",
                     "does not follow that of the period before", id="a-chain-begun-anew"),
        pytest.param("UPDATE royalty_periodsecret SET key = '\\x00'::bytea || substring(key, 2)",
                     "do not lead to the root that was stored", id="another-secret"),
        pytest.param("DELETE FROM royalty_periodsecret",
                     "the secret of its root is gone", id="no-secret"),
        pytest.param(f"DELETE FROM royalty_periodroot WHERE id = {LAST}",
                     "it is closed and has no root", id="the-last-root-gone"),
        pytest.param(f"DELETE FROM royalty_periodroot WHERE id = {FIRST}",
                     "does not follow that of the period before", id="the-first-root-gone"),
        pytest.param("UPDATE royalty_statement SET version = 2, reason = 'again', reissued_by_id ="
                     " (SELECT min(id) FROM accounts_user) WHERE party_id ="
                     " (SELECT min(party_id) FROM royalty_statement)",
                     "do not lead to the root that was stored", id="a-statement-renumbered"),
        pytest.param("UPDATE royalty_statement SET opening_atoms = opening_atoms + 1,"
                     " closing_atoms = closing_atoms + 1",
                     "do not lead to the root that was stored", id="other-balances"),
    ],
)  # fmt: skip
def test_whatever_was_changed_is_found(books, tampering, words):
    findings = tamper(tampering)
    assert any(words in finding for finding in findings), findings


@pytest.mark.parametrize("table", ["periodroot", "periodsecret"])
def test_a_guard_that_is_off_is_named(books, table):
    execute(f"ALTER TABLE royalty_{table} DISABLE TRIGGER append_only")
    assert verify_ledger() == [f"The guard append_only of royalty_{table} is off or gone."]


def test_a_root_that_was_forged_with_all_after_it_is_found_by_what_was_published(books, tmp_path):
    """Who has the secrets can derive other roots; not take back the ones that others hold."""
    published = tmp_path / "roots.json"
    with published.open("w") as file:
        call_command("roots", stdout=file)
    first, second = PeriodRoot.objects.order_by("pk")
    secret = b"another secret, of the same size"
    changes = [f"UPDATE royalty_periodsecret SET key = '{secret.decode()}'::bytea"]
    previous = None
    with transaction.atomic():
        tamper(*changes)
        for row in (first, second):
            forged = chained(_derived(row), previous)
            previous = forged.chain_sha256
            changes.append(
                f"UPDATE royalty_periodroot SET root_sha256 = '{forged.root_sha256}',"
                f" chain_sha256 = '{forged.chain_sha256}' WHERE id = {row.pk}"
            )
    assert tamper(*changes) == [], "the books alone look right"
    with pytest.raises(CommandError, match="2 of 2 roots differ"):
        call_command("roots", compare=str(published))
    assert json.loads(published.read_text())["roots"]


def _derived(row: PeriodRoot) -> Root:
    """The root under the secret that there is now."""
    assert PeriodSecret.objects.filter(root=row).exists()
    tree = proofs.rebuilt_tree(PeriodRoot.objects.get(pk=row.pk))
    stored = proofs.stored_root(row)
    return Root(
        stored.contract, stored.first_day, stored.last_day, tree.leaf_count, tree.root_sha256
    )
