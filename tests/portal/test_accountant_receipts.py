"""Receipts in the portal: the bank's file, what a receipt is for, and what is refused."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import AuditEvent
from royalty.models import BankFile, Match, Receipt
from royalty.selectors.receivables import open_atoms, rest_atoms
from royalty.selectors.verification import verify_ledger
from tests.portal.accountants import Office, office_of_operator
from tests.portal.people import text
from tests.royalty.cast import CENT, worked_example
from tests.royalty.conftest import november, report, reported, take  # noqa: F401
from tests.royalty.money_in import Paid, billed, issue, notification, receive

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.fixture
def world(db):
    """A month that is still to be settled, unlike that of the other pages."""
    return worked_example()


@pytest.fixture
def invoiced(november):  # noqa: F811
    """October is invoiced: 28.00."""
    november.invoice = issue(billed(november))
    return november


@pytest.fixture
def desk(invoiced, monkeypatch) -> Office:
    clock = SimpleNamespace(now=lambda: NOW, localdate=NOW.date)
    monkeypatch.setattr("portal.accountant.receipts.timezone", clock)
    return office_of_operator()


def strange(world) -> Receipt:
    """Ten euros from somebody whom nobody knows."""
    return receive(world, Paid("10.00", text="for the music", name="WHO", iban=""), message="N-9")


def send(client, content: bytes, name: str = "bank.xml"):
    file = SimpleUploadedFile(name, content, "application/xml")
    return client.post(reverse("accountant:receipts-take"), {"file": file}, follow=True)


def address(what: str, pk: int) -> str:
    return reverse(f"accountant:{what}", args=[pk])


def test_the_banks_file_is_taken_once_and_what_is_certain_is_matched(desk, invoiced):
    content = notification(
        Paid("28.00", reference=invoiced.invoice.reference), Paid("3.00", name="WHO", iban="")
    )
    assert "2 receipts are new, 1 of them wait for a person" in text(send(desk.olga, content))
    assert open_atoms(invoiced.invoice) == 0
    assert "was taken before; nothing changed" in text(send(desk.otto, content))
    assert (BankFile.objects.count(), Receipt.objects.count()) == (1, 2)
    assert AuditEvent.objects.filter(act="receipt.take").count() == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"<Document/>", "camt"),
        (b"not a bank's file", "XML"),
        (notification(Paid("1.00"), iban="DE02500105170137075030"), "no account of the house"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_with_a_sentence(desk, content, sentence):
    page = text(send(desk.olga, content))
    assert sentence in page
    assert not BankFile.objects.exists()


def test_a_receipt_is_matched_in_part_then_kept_and_a_wrong_match_undone(desk, invoiced):
    receipt = strange(invoiced)
    listed = text(desk.vera.get("/receipts/?which=open"))
    assert "for the music" in listed
    form = desk.olga.get(address("receipt-match", receipt.pk))
    assert "28.00 EUR" in text(form), "the open invoice is offered with what it is open for"
    wanted = {"invoice": invoiced.invoice.pk, "amount": "4.00"}
    assert "pays an invoice" in text(
        desk.olga.post(address("receipt-match", receipt.pk), wanted, follow=True)
    )
    assert (open_atoms(invoiced.invoice), rest_atoms(receipt)) == (2400 * CENT, 600 * CENT)
    undo = address("receipt-undo", Match.objects.get().pk)
    assert "Undone" in text(desk.otto.post(undo, follow=True))
    assert rest_atoms(receipt) == 1000 * CENT
    assert "does not hold any more" in text(desk.otto.post(undo, follow=True))
    credit = address("receipt-credit", receipt.pk)
    desk.olga.post(credit, {"contract": invoiced.contract.pk})
    assert rest_atoms(receipt) == 0
    assert open_atoms(invoiced.invoice) == 1800 * CENT, "the credit pays what is owed"
    assert list(verify_ledger()) == []


def test_sent_back_twice_is_sent_back_once(desk, invoiced):
    back = address("receipt-back", strange(invoiced).pk)
    assert "was sent back" in text(desk.olga.post(back, follow=True))
    assert "nothing" in text(desk.olga.post(back, follow=True)).lower()
    assert Match.objects.count() == 1


@pytest.mark.parametrize("amount", ["0", "-1", "1e9", "11.00", "1,0,0", "<b>", "10.001"])
def test_an_amount_that_cannot_be_matched_is_refused(desk, invoiced, amount):
    receipt = strange(invoiced)
    wanted = {"invoice": invoiced.invoice.pk, "amount": amount}
    page = desk.olga.post(address("receipt-match", receipt.pk), wanted)
    assert page.status_code == 200
    assert not Match.objects.exists()


@pytest.mark.parametrize("who", ["vera", "rita", "paul"])
def test_others_do_nothing_with_receipts(desk, invoiced, who):
    receipt, client = strange(invoiced), getattr(desk, who)
    for what in ("receipt-match", "receipt-credit", "receipt-back"):
        assert client.post(address(what, receipt.pk)).status_code in (403, 404)
    assert send(client, notification(Paid("1.00"), message="N-2")).status_code in (403, 404)
    assert client.get("/receipts/").status_code == (200 if who == "vera" else 403)
    assert not Match.objects.exists()


def test_hostile_texts_of_a_bank_stay_text(desk, invoiced):
    receipt = receive(invoiced, Paid("1.00", text="<script>x</script>", name="<b>", iban=""))
    for page in ("/receipts/", address("receipt", receipt.pk)):
        assert "<script>x" not in desk.olga.get(page).content.decode()
