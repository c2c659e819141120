"""No tenant writes a period, a journal, an account or a statement, not even its own."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from common.database import tenancy
from royalty.models import Account, JournalKind, Period, Side, Statement
from royalty.services import ledger, periods
from royalty.services.ledger import Draft
from tests.royalty.attacker import accounts, insert_entry, insert_journal
from tests.tenancy.cast import TENANTS

pytestmark = pytest.mark.usefixtures("undone")

POLICY = "new row violates row-level security policy"


@pytest.fixture
def november(town) -> Period:
    """An open month of Acme's, whose journals nothing but a policy refuses."""
    return periods.open_period(
        contract=town.acme.contract, starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 1)
    )


@pytest.mark.parametrize("name", [*TENANTS, "nobody"])
def test_no_tenant_posts_a_journal(town, november, name):
    debit, credit = accounts(town.acme)
    draft = Draft(
        key="forged",
        kind=JournalKind.REVENUE,
        period=november,
        posted_on=november.starts_on,
        legs=(ledger.leg(debit, Side.DEBIT, 100), ledger.leg(credit, Side.CREDIT, 100)),
    )
    with tenancy.acting_as(town.tenant(name)), pytest.raises(DatabaseError, match=POLICY):
        ledger.post(draft)
    assert ledger.post(draft).seal, "system may, so it was the policy that refused"


@pytest.mark.parametrize("name", [*TENANTS, "nobody"])
def test_no_tenant_adds_an_entry_to_a_journal_that_is_being_posted(town, november, name):
    journal_id = insert_journal(town.acme, period=november.pk, day=november.starts_on)
    account, _ = accounts(town.acme)
    with (
        pytest.raises(DatabaseError, match=POLICY),
        transaction.atomic(),
        tenancy.acting_as(town.tenant(name)),
    ):
        insert_entry(journal_id, account, "debit", 100)


@pytest.mark.parametrize("name", [*TENANTS, "nobody"])
def test_no_tenant_opens_a_period(town, name):
    with tenancy.acting_as(town.tenant(name)), pytest.raises(DatabaseError, match=POLICY):
        Period.objects.create(
            contract=town.acme.contract, starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 1)
        )


@pytest.mark.parametrize("name", TENANTS)
def test_no_tenant_opens_an_account_or_issues_a_statement(town, name):
    statement = Statement.objects.first()
    with tenancy.acting_as(town.tenant(name)):
        with pytest.raises(DatabaseError, match=POLICY), transaction.atomic():
            Account.objects.create(contract=town.bolt.contract, kind="commission", currency="USD")
        statement.pk = None
        statement.version = 2
        with pytest.raises(DatabaseError, match=POLICY), transaction.atomic():
            statement.save()


def test_a_holder_cannot_say_when_its_statement_was_rendered(town):
    """The application's role may write that, for the worker; a holder may not."""
    with tenancy.acting_as(town.tenant("ada")):
        assert Statement.objects.exists()
        assert Statement.objects.update(rendered_at=None) == 0
