"""What was paid out stands on the statement step by step, and leads from balance to balance."""

from datetime import date

import pytest

from royalty.models import Statement
from royalty.selectors.settlements import settlements_of
from royalty.selectors.statement_document import movement_of
from royalty.services import payouts
from tests.royalty.cast import AFTER, CENT, settle
from tests.royalty.payees import (
    PAYDAY,
    agree,
    approved,
    bank,
    open_month,
    paying_account,
    payout_of,
    sent,
    withhold,
)

pytestmark = pytest.mark.django_db
IN_DECEMBER = AFTER.replace(month=12)


@pytest.fixture
def payable(reported):
    """October is closed; A agreed to a fee and a reserve, tax is withheld, and there is a bank."""
    settle(reported)
    reported.november = open_month(reported)
    paying_account(reported)
    agree(reported, "A", admin_fee_ppm=100_000, reserve_ppm=100_000)
    withhold(reported, "A")
    bank(reported, "A")
    return reported


def steps_of(world) -> dict[str, int]:
    """The steps of A's November, in cents."""
    settle(world, world.november, IN_DECEMBER)
    statement = Statement.objects.get(party__ref="A", period=world.november)
    steps = settlements_of(statement)
    assert sum(step.atoms for step in steps) == statement.settled_atoms
    assert statement.opening_atoms + statement.settled_atoms == statement.closing_atoms
    assert all(step.is_settlement for step in steps)
    return {step.label: step.atoms // CENT for step in steps}


def test_every_deduction_is_a_step(payable):
    approved(payable)
    assert steps_of(payable) == {
        "Fee for administration": -126,  # 10 % of 12.55, half up
        "Kept in reserve": -113,
        "Tax withheld": -305,
        "Paid out": -711,
    }


def test_a_payment_that_came_back_is_told_with_the_other_sign(payable):
    batch = sent(payable)
    payouts.return_payout(
        payout=payout_of(batch, "A"), reason="closed", user=payable.ben, day=PAYDAY.date()
    )
    steps = steps_of(payable)
    assert steps["Came back: Paid out"] == -steps["Paid out"] == 711
    assert sum(steps.values()) == 0


def test_without_payouts_there_are_no_steps(payable, take):
    settle(payable, payable.november, IN_DECEMBER)
    october = Statement.objects.get(party__ref="A", period__starts_on=date(2026, 10, 1))
    assert settlements_of(october) == ()
    assert movement_of(october).payable_atoms == 1255 * CENT
