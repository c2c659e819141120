"""Who was promised the best terms is told when somebody else has better ones."""

from datetime import date

import pytest

from royalty.models import AllocationRun, PayeeTerms, PayoutBatch
from royalty.selectors.most_favoured import (
    contract_breaches,
    currency_breaches,
    payee_breaches,
    platform_breaches,
)
from royalty.services import payouts
from tests.royalty.cast import AFTER, settle, sign, worked_example
from tests.royalty.payees import agree, bank, paying_account

pytestmark = pytest.mark.django_db
DAY = date(2026, 10, 31)
PROMISE = {"most_favoured": True, "guarantee_minor": 10_000}
RADIO = {"code": "radio", "service": "radio"}


@pytest.fixture
def promised(db):
    """studio-2026: 30 % commission, 100.00 EUR guaranteed, most favoured."""
    return worked_example(**PROMISE)


@pytest.mark.parametrize(
    ("terms", "told"),
    [
        pytest.param(
            {"commission_ppm": 255_000},
            "studio-2026 is most favoured, but radio has a commission of 25.5 %, not 30 %.",
            id="a-lower-commission",
        ),
        pytest.param(
            {"guarantee_minor": 10_001},
            "studio-2026 is most favoured, but radio has a guarantee of 100.01 EUR, "
            "not 100.00 EUR.",
            id="a-higher-guarantee",
        ),
    ],
)
def test_a_better_contract_is_named_with_the_term(promised, terms, told):
    sign(promised.platform, **RADIO, **terms)
    assert contract_breaches(promised.contract, DAY) == [told]
    assert platform_breaches(promised.platform, DAY) == [told]


@pytest.mark.parametrize(
    "terms",
    [
        pytest.param({"guarantee_minor": 10_000}, id="the-same"),
        pytest.param({"commission_ppm": 300_001, "guarantee_minor": 9_999}, id="worse"),
        pytest.param({"guarantee_minor": 99_999, "currency": "USD"}, id="another-currency"),
        pytest.param(
            {"commission_ppm": 0, "valid_from": date(2026, 11, 1)}, id="from-the-next-day-on"
        ),
        pytest.param({"commission_ppm": 0, "valid_until": DAY}, id="until-the-day-before"),
    ],
)
def test_what_is_no_better_or_cannot_be_compared_breaks_nothing(promised, terms):
    sign(promised.platform, **RADIO, **terms)
    assert contract_breaches(promised.contract, DAY) == []


def test_who_was_promised_nothing_is_told_nothing(db):
    world = worked_example()
    other = sign(world.platform, **RADIO, commission_ppm=0)
    assert contract_breaches(world.contract, DAY) == []
    assert contract_breaches(other, DAY) == []


def test_a_promise_holds_only_while_the_contract_does(promised):
    sign(promised.platform, **RADIO, commission_ppm=0)
    assert contract_breaches(promised.contract, date(2025, 12, 31)) == []


def test_the_best_of_several_is_named_once(promised):
    for code, commission in (("radio", 200_000), ("store", 100_000), ("tv", 150_000)):
        sign(promised.platform, code=code, service=code, commission_ppm=commission)
    (told,) = contract_breaches(promised.contract, DAY)
    assert "store has a commission of 10 %" in told


def test_the_reviewer_of_a_month_is_told(report):
    world = worked_example(most_favoured=True)
    sign(world.platform, **RADIO, commission_ppm=0)
    settle(report(world))
    assert AllocationRun.objects.get().exceptions == [
        "studio-2026 is most favoured, but radio has a commission of 0 %, not 30 %."
    ]


@pytest.fixture
def payees(november):
    """A has a fee, a reserve and a threshold, and was promised that nobody has less."""
    agree(november, "A", admin_fee_ppm=100_000, reserve_ppm=50_000, threshold_minor=500,
          most_favoured=True)  # fmt: skip
    for name in "AB":
        bank(november, name)
    return november


def test_each_better_term_of_another_payee_is_named(payees):
    agree(payees, "B", admin_fee_ppm=90_000, reserve_ppm=0, threshold_minor=499)
    mine = PayeeTerms.objects.get(party__ref="A")
    told = [
        "has a fee of 9 %, not 10 %.",
        "has a reserve of 0 %, not 5 %.",
        "has a threshold of 4.99 EUR, not 5.00 EUR.",
    ]
    found = payee_breaches(mine, date(2026, 11, 3))
    assert [sentence.split("from 2026-01-01 ")[-1] for sentence in found] == told
    assert all("Party A in EUR" in each and "Party B in EUR" in each for each in found)
    assert currency_breaches("EUR", date(2026, 11, 3)) == found
    assert currency_breaches("USD", date(2026, 11, 3)) == []


def test_whoever_drafts_a_batch_is_told(payees):
    agree(payees, "B", admin_fee_ppm=90_000, reserve_ppm=50_000, threshold_minor=500)
    paying_account(payees)
    payouts.draft_batch(code="EUR", user=payees.ann, as_of=AFTER)
    notes = " ".join(PayoutBatch.objects.get().notes)
    assert "Party A in EUR from 2026-01-01 is most favoured, but Party B" in notes


def test_terms_in_another_currency_break_nothing(payees):
    agree(payees, "B", currency="USD")
    assert payee_breaches(PayeeTerms.objects.get(party__ref="A"), date(2026, 11, 3)) == []
