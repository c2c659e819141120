"""A simulated year in small: everything happens, every check holds, and each check can fail."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from io import StringIO

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings
from rich.console import Console

from attribution.models import FeatureStore
from catalog.models import ModelVersion, Party, Platform, TrainingSet, TrainingSetTrack
from common.jobs import dispatch
from config.environment import environment
from demo.economy import Service
from demo.year.checks import Check, banks, books, outside
from demo.year.plan import Calendar, Plan
from demo.year.run import conclude, live
from demo.year.world import World, furnish
from royalty.models import AccountKind, Payout
from royalty.selectors.ledger import trial_balance
from tests.conftest import cloned_database
from tests.royalty import cast
from tests.royalty.attacker import execute
from tests.royalty.test_books_tampering import as_superuser

pytestmark = pytest.mark.skipif(
    not environment().embedded_postgres, reason="tampering takes a superuser of the database"
)
PLAN = Plan(
    months=3,
    advance=1,
    dispute=2,
    agreement=3,
    failed_payment=2,
    sale=2,
    sale_known=3,
    document_ends=1,
    document_renewed=3,
    correction=2,
    late_usage=3,
    robot=2,
    part_payment=3,
    paid_up=4,
)
SERVICES = (
    Service("studio", "Studio", 12, "pro_rata", "equal_training_set"),
    Service("club", "Club", 12, "user_centric", "held"),
)


@pytest.fixture(scope="module")
def year(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[tuple]:
    """The lived year, the lines that it printed, and where its files are."""
    folder, storages = tmp_path_factory.mktemp("year"), _storages(tmp_path_factory)
    with (
        django_db_blocker.unblock(),
        cloned_database() as name,
        override_settings(STORAGES=storages),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(dispatch.current_app, "send_task", lambda *_, **__: None)
        told: list[str] = []
        world = furnish(
            *music(),
            SERVICES,
            calendar=Calendar(date(2026, 1, 1), PLAN),
            folder=folder,
            seed=1,
        )
        live(world, told.append)
        with as_superuser(name):
            yield world, told, storages


def _storages(factory) -> dict:
    location = {"location": str(factory.mktemp("storage"))}
    backend = "django.core.files.storage.FileSystemStorage"
    return settings.STORAGES | {"default": {"BACKEND": backend, "OPTIONS": location}}


@transaction.atomic
def music() -> tuple[Platform, list[str]]:
    """The worked example's catalogue and attributions, without its contract."""
    platform = Platform.objects.create(code="acme", name="Acme Music AI")
    parties = {name: Party.objects.create(ref=name, name=f"Party {name}") for name in "ABC"}
    world = cast.World(platform, None, None, None, None, parties)
    version = ModelVersion.objects.create(platform=platform, name="m", version="1")
    training_set = TrainingSet.objects.create(
        model_version=version, digest="d" * 64, track_count=3, frozen_at=cast.TRAINED
    )
    for position, (ref, owners) in enumerate(cast.OWNERS.items()):
        track = world.tracks[ref] = cast.add_track(world, ref, owners)
        TrainingSetTrack.objects.create(
            training_set=training_set,
            track=track,
            position=position,
            role="train",
            asset_sha256=track.asset.sha256,
        )
    store = FeatureStore.objects.create(
        model_version=version, training_set=training_set, folder="f", config={}
    )
    world.run = cast.attribution_run(store)
    for name, shares in cast.SHARES.items():
        world.generations[name] = cast.add_generation(world, name, version)
        cast.attribute(world, name, shares)
    return platform, list(cast.SHARES)


@pytest.fixture
def lived(year, settings) -> Iterator[World]:
    """The year; whatever a test does to its books is undone after it."""
    world, _, settings.STORAGES = year
    with transaction.atomic():
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def told(year) -> str:
    return "\n".join(year[1])


def test_every_check_of_the_year_holds(lived):
    pytest.importorskip("beancount", reason="beancount is not installed; `make test` installs it")
    console = Console(record=True, width=200, file=StringIO())
    assert conclude(lived, console) == 0
    said = console.export_text()
    assert said.count("✓") == 9
    assert "NOT CHECKED" not in said


@pytest.mark.parametrize(
    "words",
    [
        "Party A gets an advance of 150.00 EUR",
        "whose payment came back, enters another account; it is paid again",
        r"was sold to Meridian Songs \(example\) in Feb: \d+\.\d\d EUR of the months since",
        "10 % are withheld instead of 30 %",
        "claims 60 % of Song T3, Halcyon Music .* 50 %: what both claim is held",
        r"settles for 40 %: 2 periods are restated, and [1-9]\d*\.\d\d EUR are held no longer",
        "4,000 uses of G1, and corrects them to 4",
        "studio-robot plays G1 40,000 times",
        "cadenza-studio 2026-02: .*30,000.* They are left out",
        "25 uses of Jan come in late: 1 period is restated",
        r"Acme Music AI pays late: \d+\.\d\d EUR are still open",
        r"Party .: \d+\.\d\d EUR came back \(AC01: The account is not known\.\)",
    ],
    ids=[
        "advance",
        "failed payment",
        "sale",
        "document",
        "dispute",
        "agreement",
        "correction",
        "robot",
        "held uses",
        "late usage",
        "part payment",
        "payment comes back",
    ],
)
def test_what_happened_is_told(told, words):
    assert re.search(words, told)


def test_each_month_has_a_line_and_so_has_the_one_in_which_the_last_is_paid(told):
    rows = [line.split() for line in told.splitlines() if re.match(r"(Jan|Feb|Mar|Apr) ", line)]
    assert [row[0] for row in rows] == ["Jan", "Feb", "Mar", "Apr"]
    for row in rows:
        revenue, commission, pool, earned, held = (float(cell) for cell in row[1:6])
        assert revenue == pytest.approx(commission + pool)
        assert earned + held <= pool + 0.01


def test_a_payment_that_failed_is_made_again_to_the_new_account(lived):
    payouts = Payout.objects.filter(party=lived.cast.unlucky).order_by("pk")
    first, second = payouts[0], payouts[1]
    assert (first.status, second.status) == ("returned", "paid")
    assert "AC01" in first.return_reason
    assert second.bank_details.iban != first.bank_details.iban
    assert second.parts.get(contract=lived.contracts[0]).gross_atoms > (
        first.parts.get(contract=lived.contracts[0]).gross_atoms
    )


def test_while_the_document_had_lapsed_the_rate_of_the_law_was_withheld(lived):
    payouts = Payout.objects.filter(party=lived.cast.taxed).order_by("pk")
    rates = [
        {
            line["rate_ppm"]
            for part in payout.parts.all()
            for line in part.deductions
            if line["rule"] == "withholding"
        }
        for payout in payouts
    ]
    assert rates == [{300_000}, {100_000}, {100_000}]


def test_an_advance_is_recouped_over_months(lived):
    payouts = Payout.objects.filter(party=lived.cast.advanced).order_by("pk")
    recouped = [sum(part.recoupment_atoms for part in payout.parts.all()) for payout in payouts]
    assert recouped[0] > 0
    assert sum(recouped) <= 15_000 * cast.CENT


def test_nothing_is_held_for_a_dispute_once_it_is_settled(lived):
    rows = trial_balance().rows
    disputed = [row for row in rows if row.account.kind == AccountKind.HELD_DISPUTED]
    assert [row.balance_atoms for row in disputed] == [0, 0]
    assert all(row.credit_atoms > 0 for row in disputed)


ENTRY = "(SELECT max(id) FROM royalty_entry)"


@pytest.mark.parametrize(
    ("check", "table", "change", "words"),
    [
        pytest.param(
            books.trial_balance_is_zero, "entry",
            f"UPDATE royalty_entry SET amount_atoms = amount_atoms + 1 WHERE id = {ENTRY}",
            "differ", id="an-entry-altered",
        ),
        pytest.param(
            books.nothing_was_altered, "entry",
            f"UPDATE royalty_entry SET amount_atoms = amount_atoms + 1 WHERE id = {ENTRY}",
            "no longer says what was posted", id="its-journal's-hash",
        ),
        pytest.param(
            books.money_is_conserved, "revenueevent",
            "UPDATE royalty_revenueevent SET amount_atoms = amount_atoms - 1"
            " WHERE id = (SELECT max(id) FROM royalty_revenueevent)",
            "^-1 atoms are not accounted for", id="revenue-altered",
        ),
        pytest.param(
            books.accounts_go_on_where_they_ended, "statement",
            "UPDATE royalty_statement SET opening_atoms = opening_atoms + 1,"
            " closing_atoms = closing_atoms + 1",
            "opens with 1, not 0", id="a-statement-altered",
        ),
        pytest.param(
            banks.banks_were_told_what_was_booked, "payout",
            "UPDATE royalty_payout SET payable_atoms = payable_atoms + 1000000"
            " WHERE status = 'paid'",
            "The files order", id="a-payment-altered",
        ),
        pytest.param(
            banks.invoices_are_paid_or_open, "invoice",
            "UPDATE royalty_invoice SET gross_atoms = gross_atoms + 2000000,"
            " net_atoms = net_atoms + 2000000 WHERE number = 1",
            "the platform owes .* its invoices say", id="an-invoice-altered",
        ),
        pytest.param(
            outside.statements_are_proved, "statement",
            "UPDATE royalty_statement SET attributed_atoms = attributed_atoms + 1,"
            " closing_atoms = closing_atoms + 1 WHERE id = (SELECT max(id) FROM royalty_statement)",
            "WRONG", id="a-proved-figure-altered",
        ),
        pytest.param(
            outside.roots_are_those_that_were_published, "periodroot",
            "UPDATE royalty_periodroot SET root_sha256 = repeat('0', 64)",
            "is not the one that was published", id="a-root-altered",
        ),
    ],
)  # fmt: skip
def test_what_a_superuser_altered_fails_a_check(
    lived, check: Callable[[World], Check], table: str, change: str, words: str
):
    assert check(lived).faults == ()
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    execute("SET LOCAL session_replication_role = replica")
    execute(f"ALTER TABLE royalty_{table} DISABLE TRIGGER USER")
    execute(change)
    assert any(re.search(words, fault) for fault in check(lived).faults)
