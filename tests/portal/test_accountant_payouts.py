"""The accountant's payouts: drafted by one, approved by another, sent, and what banks say."""

import csv
import io

import pytest

from royalty.models import Journal, PayoutBatch
from royalty.selectors.ledger import trial_balance
from royalty.services import payouts
from tests.portal.accountants import Office, office_of_operator
from tests.portal.people import text
from tests.portal.test_effort import reads
from tests.royalty.cast import worked_example
from tests.royalty.conftest import november, ready, report, reported, take, woken  # noqa: F401
from tests.royalty.payees import PAYDAY, draft, owed, payout_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db):
    return worked_example()


@pytest.fixture
def desk(world) -> Office:
    return office_of_operator()


@pytest.fixture
def batch(desk, ready) -> PayoutBatch:  # noqa: F811
    """A draft of Ann's, of 27.99 to three payees."""
    return draft(ready)


def step(batch: PayoutBatch, name: str) -> str:
    return f"/payouts/{batch.pk}/step/{name}/"


def now(batch: PayoutBatch) -> str:
    batch.refresh_from_db()
    return batch.status


def sent(desk: Office, batch: PayoutBatch) -> None:
    desk.olga.post(step(batch, "approve"))
    desk.olga.post(f"/payouts/{batch.pk}/file/")
    desk.otto.post(step(batch, "sent"))


def test_a_batch_goes_from_the_draft_to_the_bank_and_is_paid(desk, batch):
    asked = text(desk.olga.get(step(batch, "approve")))
    assert "27.99 EUR leave the payees' accounts, in 3 payments." in asked
    assert now(batch) == "draft", "asking does nothing"
    desk.olga.post(step(batch, "approve"))
    assert (now(batch), batch.approved_by.email) == ("approved", "olga@example.org")
    file = desk.olga.post(f"/payouts/{batch.pk}/file/")
    assert file["Content-Disposition"] == f'attachment; filename="{batch.message_id}.xml"'
    assert b"<CtrlSum>27.99</CtrlSum>" in file.content
    assert desk.otto.post(f"/payouts/{batch.pk}/file/").content == file.content
    assert "gave it to the bank" not in text(desk.otto.get(f"/payouts/{batch.pk}/"))
    desk.otto.post(step(batch, "sent"))
    assert now(batch) == "sent"
    told = text(desk.otto.get(f"/payouts/{batch.pk}/"))
    assert "Olga approved it" in told
    assert "Otto gave it to the bank" in told
    assert "shows 3 payments, 27.99 EUR" in text(desk.otto.get(step(batch, "settle")))
    desk.otto.post(step(batch, "settle"), {"day": "2026-11-12"})
    assert now(batch) == "settled"
    assert trial_balance().is_balanced


def test_who_drafted_it_does_not_approve_it(desk, ready, monkeypatch):  # noqa: F811
    monkeypatch.setattr("portal.accountant.payouts.timezone.now", lambda: PAYDAY)
    for _ in range(2):
        desk.olga.post("/payouts/draft/", {"currency": "EUR"})
    batch = PayoutBatch.objects.get()
    refused = desk.olga.post(step(batch, "approve"), follow=True)
    assert "a second person approves it" in text(refused)
    assert now(batch) == "draft"
    desk.otto.post(step(batch, "approve"))
    assert now(batch) == "approved"


def test_pressing_twice_pays_once(desk, batch):
    desk.olga.post(step(batch, "approve"))
    before = Journal.objects.count()
    again = desk.otto.post(step(batch, "approve"), follow=True)
    assert f"{batch.message_id}: Approved." in text(again)
    assert Journal.objects.count() == before


def test_what_came_back_is_owed_again_and_says_why(desk, batch, ready):  # noqa: F811
    sent(desk, batch)
    paid = payout_of(batch, "B")
    address = f"/payouts/{batch.pk}/return/{paid.pk}/"
    kept = desk.olga.post(address, {"reason": " ", "day": "2026-11-12"})
    assert kept.status_code == 422
    assert "Say why" in text(kept)
    desk.olga.post(address, {"reason": "AC04 <closed>", "day": "2026-11-12"})
    paid.refresh_from_db()
    assert (paid.status, paid.return_reason) == ("returned", "AC04 <closed>")
    assert owed(ready)["B"] // 1_000_000 == 676
    assert "AC04 &lt;closed&gt;" in desk.olga.get(f"/payouts/{batch.pk}/").content.decode()
    other = f"/payouts/{batch.pk + 1}/return/{paid.pk}/"
    assert desk.olga.get(other).status_code == 404


def test_a_file_that_is_no_report_changes_nothing(desk, batch, tmp_path):
    sent(desk, batch)
    lie = tmp_path / "report.xml"
    lie.write_text('<!DOCTYPE a [<!ENTITY b "c">]><Document>&b;</Document>')
    for files in ({"report": lie.open("rb")}, {}):
        answer = desk.olga.post(step(batch, "report"), {"day": "2026-11-12", **files}, follow=True)
        assert 'class="notice toast error"' in answer.content.decode()
    assert now(batch) == "sent"
    assert set(batch.payouts.values_list("status", flat=True)) == {"pending"}


def test_who_is_not_paid_is_listed_with_the_reason(desk, november):  # noqa: F811
    shown = text(desk.olga.get("/payouts/unpaid/"))
    assert "Party A has 12.55 EUR and no terms on" in shown
    file = desk.olga.get("/payouts/unpaid/?currency=EUR&sort=-payee&export=csv").content.decode()
    names = [row["payee"] for row in csv.DictReader(io.StringIO(file))]
    assert names == sorted(names, reverse=True)
    assert "Party A" in names


def test_payments_sort_and_come_as_a_file_without_anybodys_account_number(desk, batch):
    page = f"/payouts/{batch.pk}/"
    rows = desk.olga.get(f"{page}?sort=-amount").context["rows"]
    assert len(rows) > 1
    amounts = [each.payable_atoms for each in rows]
    assert amounts == sorted(amounts, reverse=True)
    file = desk.vera.get(f"{page}?sort=-amount&export=csv").content.decode()
    assert [row["id"] for row in csv.DictReader(io.StringIO(file))] == [
        each.end_to_end_id for each in rows
    ]
    assert not any(each.bank_details.iban in file for each in rows)


def test_who_looks_on_or_is_of_another_house_does_nothing(desk, batch):
    assert "/step/" not in desk.vera.get(f"/payouts/{batch.pk}/").content.decode()
    for name in ("approve", "discard"):
        assert desk.vera.post(step(batch, name)).status_code == 403
        assert desk.rita.post(step(batch, name)).status_code == 404
    assert desk.vera.post("/payouts/draft/", {"currency": "EUR"}).status_code == 403
    assert now(batch) == "draft"


def test_a_draft_is_discarded(desk, batch):
    desk.olga.post(step(batch, "discard"))
    assert now(batch) == "discarded"


def test_the_pages_ask_the_database_a_few_times(desk, batch):
    payouts.discard_batch(batch=batch)
    assert reads(desk.olga, "/payouts/") <= 7
    assert reads(desk.olga, f"/payouts/{batch.pk}/") <= 10
    assert reads(desk.olga, "/payouts/unpaid/") <= 24
