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


def test_whoever_may_only_look_neither_reverses_nor_decides(browsing, world):
    lea = member("operator", "Lea", is_staff=True)
    lea.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client = browsing(lea)
    assert client.get(address(Journal, "changelist")).status_code == 200
    act(client, Journal, "reverse", *Journal.objects.all(), reason="because")
    assert not Journal.objects.filter(kind="reversal").exists()
    act(client, HeldRelease, "decline", *HeldRelease.objects.all())
    assert set(HeldRelease.objects.values_list("decided_at", flat=True)) == {None}
    assert client.get(address(HeldRelease, "add")).status_code == 403


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


def ask(client, world, **changes):
    asked = {
        "period": world.period.pk,
        "kind": "held_unattributed",
        "to": "parties",
        "reason": "nobody claimed it",
    }
    return client.post(address(HeldRelease, "add"), asked | changes)


def test_held_money_is_asked_for_by_one_and_released_by_another(operator, browsing, holding):
    page = operator.get(address(HeldRelease, "changelist")).content.decode()
    assert "21.00 EUR" in page
    assert "held: no track accounts for it" in page
    assert "was added" in told(operator, ask(operator, holding))
    release = HeldRelease.objects.get()
    own = told(operator, act(operator, HeldRelease, "approve", release))
    assert "a second person approves it" in own
    otto = browsing(member("operator", "Otto", is_staff=True, is_superuser=True))
    assert "is released" in told(otto, act(otto, HeldRelease, "approve", release))
    assert "Nothing is held." in operator.get(address(HeldRelease, "changelist")).content.decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        pytest.param({"kind": "held_no_use"}, "has nothing that is held", id="nothing-held"),
        pytest.param({"reason": "  \n"}, "", id="no-reason"),
        pytest.param({"kind": "bank"}, "", id="not-held-money"),
    ],
)
def test_a_wrong_request_is_told_and_not_kept(operator, holding, changes, sentence):
    response = ask(operator, holding, **changes)
    if sentence:
        assert sentence in told(operator, response)
    else:
        assert response.status_code == 200
        assert response.context["adminform"].form.errors
    assert not HeldRelease.objects.exists()


def test_a_request_can_be_declined(operator, holding):
    ask(operator, holding)
    release = HeldRelease.objects.get()
    assert "is declined" in told(operator, act(operator, HeldRelease, "decline", release))
    assert "is declined since" in told(operator, act(operator, HeldRelease, "decline", release))
