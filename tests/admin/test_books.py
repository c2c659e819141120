"""The accountant's pages: balances, the ledger to take along, reversals, held money."""

import csv
import io
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from attribution.models import Attribution
from royalty.models import Account, Entry, HeldRelease, Journal, JournalKind, Period
from royalty.services import intake, periods
from tests.admin.conftest import address, member
from tests.admin.test_editing import told
from tests.royalty.cast import World, ndjson, revenue_lines, settle, usage_lines, worked_example
from tests.royalty.test_books_reversal import by_hand


def act(client, model, name, *rows, **more):
    """Mark rows in a list and run an action on them."""
    marked = {"_selected_action": [row.pk for row in rows], "action": name, **more}
    return client.post(address(model, "changelist"), marked)


@pytest.fixture
def open_month(world) -> Period:
    """December, which the world left open."""
    return world.contract.periods.get(status=Period.Status.OPEN)


def test_an_account_tells_its_balance(operator, world):
    owed = Account.objects.get(kind="platform_receivable")
    assert "1.00000000 EUR" in operator.get(address(Account, "change", owed.pk)).content.decode()


@pytest.mark.parametrize("suffix", ["csv", "beancount"])
def test_the_general_ledger_is_taken_along(operator, world, suffix):
    page = operator.get(address(Journal, "changelist")).content.decode()
    url = f"{address(Journal, 'changelist')}ledger-{suffix}/"
    assert url in page
    response = operator.get(url)
    day = Journal.objects.latest("posted_on").posted_on
    assert response["Content-Disposition"] == f'attachment; filename="ledger-{day}.{suffix}"'
    content = b"".join(response.streaming_content).decode()
    if suffix == "csv":
        rows = list(csv.DictReader(io.StringIO(content, newline="")))
        assert {row["entry_id"] for row in rows} == {f"{e.pk}" for e in Entry.objects.all()}
    else:
        assert content.count("\n  sha256: ") == Journal.objects.count()


@pytest.mark.parametrize("suffix", ["csv", "beancount"])
def test_nobody_else_takes_it(rita, paul, browsing, world, suffix):
    for person in (rita, paul):
        assert browsing(person).get(f"/admin/royalty/journal/ledger-{suffix}/").status_code == 404


def test_a_journal_is_reversed_with_a_reason(operator, olga, world, open_month):
    journal = by_hand(
        world, kind=JournalKind.ADVANCE, period=open_month, posted_on=open_month.starts_on
    )
    refused = told(operator, act(operator, Journal, "reverse", journal))
    assert refused == "Say why; the reason stays in the books."
    done = told(operator, act(operator, Journal, "reverse", journal, reason="entered twice"))
    assert done.startswith("k is reversed by reversal:")
    assert journal.reversed_by.posted_by == olga
    run = Journal.objects.get(kind="allocation")
    assert "restate" in told(operator, act(operator, Journal, "reverse", run, reason="no"))


def test_whoever_may_only_look_reverses_nothing(browsing, world):
    lea = member("operator", "Lea", is_staff=True)
    lea.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client = browsing(lea)
    assert client.get(address(Journal, "changelist")).status_code == 200
    act(client, Journal, "reverse", *Journal.objects.all(), reason="because")
    assert not Journal.objects.filter(kind="reversal").exists()


@pytest.fixture
def holding(db, tmp_path) -> World:
    """A closed month whose contract holds nothing longer than the month, and an open one."""
    world = worked_example(fallback="held", holding_months=0)
    Attribution.objects.filter(generation=world.generations["G3"]).delete()
    for take, lines in ((intake.take_usage, usage_lines()), (intake.take_revenue, revenue_lines())):
        path = ndjson(tmp_path / take.__name__, lines)
        take(platform=world.platform, source=path, name=path.name)
    settle(world)
    periods.open_period(
        contract=world.contract,
        starts_on=world.period.ends_on,
        ends_on=timezone.localdate() + timedelta(days=40),
    )
    return world


def test_held_money_and_requests_to_release_it_are_only_shown(operator, holding):
    asked = HeldRelease.objects.create(
        account=holding.contract.accounts.get(kind="held_unattributed"),
        period=holding.period,
        to="parties",
        amount_atoms=1,
        reason="nobody claimed it",
        requested_by=holding.ann,
        requested_at=timezone.now(),
    )
    page = operator.get(address(HeldRelease, "changelist")).content.decode()
    assert "21.00 EUR" in page
    assert "held: no track accounts for it" in page
    for name in ("approve", "decline"):
        act(operator, HeldRelease, name, asked)
    asked.refresh_from_db()
    assert asked.status == "requested"
    assert operator.get(address(HeldRelease, "add")).status_code == 403
    assert (
        "nobody claimed it"
        in operator.get(address(HeldRelease, "change", asked.pk)).content.decode()
    )
