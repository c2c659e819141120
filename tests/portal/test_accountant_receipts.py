"""Receipts in the portal: the bank's file, what a receipt is for, and what is refused."""

import csv
import io
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import AuditEvent, User
from portal.accountant.staged_file import FOLDER
from royalty.models import BankFile, Journal, Match, Receipt
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
    for module in ("receipts", "bank_file"):
        monkeypatch.setattr(f"portal.accountant.{module}.timezone", clock)
    return office_of_operator()


def strange(world) -> Receipt:
    """Ten euros from somebody whom nobody knows."""
    return receive(world, Paid("10.00", text="for the music", name="WHO", iban=""), message="N-9")


def send(client, content: bytes, name: str = "bank.xml"):
    """The preview of a file, or the form again with what is wrong."""
    file = SimpleUploadedFile(name, content, "application/xml")
    return client.post(reverse("accountant:receipts-take"), {"file": file}, follow=True)


def take_shown(client, preview):
    """Take the file whose preview is shown."""
    return client.post(preview.request["PATH_INFO"], follow=True)


def lines(preview) -> list[tuple[str, str]]:
    """What a preview says of each line, and its fate."""
    return [
        (line.fate.value, " ".join(line.sentences)) for line in preview.context["preview"].lines
    ]


def address(what: str, pk: int) -> str:
    return reverse(f"accountant:{what}", args=[pk])


def test_the_banks_file_is_taken_once_and_what_is_certain_is_matched(desk, invoiced):
    content = notification(
        Paid("28.00", reference=invoiced.invoice.reference), Paid("3.00", name="WHO", iban="")
    )
    page = take_shown(desk.olga, send(desk.olga, content))
    assert "2 receipts are new, 1 of them wait for a person; 0 entries were known." in text(page)
    assert open_atoms(invoiced.invoice) == 0
    again = send(desk.otto, content)
    assert "This file was taken before. Taking it again changes nothing." in text(again)
    page = take_shown(desk.otto, again)
    assert "This file was taken before; nothing changed." in text(page)
    assert (BankFile.objects.count(), Receipt.objects.count()) == (1, 2)
    assert AuditEvent.objects.filter(act="receipt.take").count() == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The submitted file is empty."),
        (
            b"<Document/>",
            "This is no camt.053 or camt.054 file: it begins with 'Document'.",
        ),
        (
            b"not a bank's file",
            "The bank file is not well-formed XML: syntax error: line 1, column 0.",
        ),
        (
            notification(Paid("1.00"), iban="DE02500105170137075030"),
            "The file is about DE02500105170137075030 in EUR, which is no account of the house; "
            "enter it as an account that payouts are paid from, or ask the bank whose file this "
            "is.",
        ),
        (
            notification(Paid("1.00"), Paid("0.00")),
            "In statement 1, entry 2, the amount is 0.",
        ),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_with_a_sentence(desk, content, sentence):
    page = text(send(desk.olga, content))
    assert sentence in page
    assert not BankFile.objects.exists()
    assert list(lying()) == []


def lying() -> list[str]:
    """The files that wait for a word."""
    return default_storage.listdir(FOLDER)[1] if default_storage.exists(FOLDER) else []


def test_a_preview_says_of_each_line_what_taking_it_does_and_books_nothing(desk, invoiced):
    receive(invoiced, Paid("5.00", bank_reference="B-1", name="WHO", iban=""), message="N-0")
    content = notification(
        Paid("30.00", reference=invoiced.invoice.reference),
        Paid("28.00", reference=invoiced.invoice.reference),
        Paid("3.00", name="WHO", iban=""),
        Paid("5.00", bank_reference="B-1", name="WHO", iban=""),
        Paid("-4.00", is_reversal=True, iban="", end_to_end="X"),
        Paid("-1.00", end_to_end="rent"),
    )
    before = Receipt.objects.count(), Match.objects.count(), Journal.objects.count()
    page = send(desk.olga, content)
    assert lines(page) == [
        (
            "matched",
            "28.00 EUR pay INV-2026-0001, found by: creditor reference. "
            "2.00 EUR are kept as a credit under studio-2026.",
        ),
        ("matched", "28.00 EUR are kept as a credit under studio-2026."),
        ("open", "3.00 EUR wait for a person to say what they are for."),
        ("known", "An earlier file told of it; it is not booked again."),
        ("open", "Which receipt the bank takes back, a person has to say."),
        ("own payment", "1.00 EUR on 2026-11-20 is no payout."),
    ]
    assert (Receipt.objects.count(), Match.objects.count(), Journal.objects.count()) == before
    assert BankFile.objects.count() == 1
    file = desk.olga.get(page.request["PATH_INFO"], {"export": "csv", "fate": "open"})
    assert [row["amount"] for row in csv.DictReader(io.StringIO(file.content.decode()))] == [
        "3.00000000",
        "-4.00000000",
    ]
    done = text(take_shown(desk.olga, page))
    assert "4 receipts are new, 2 of them wait for a person; 1 entries were known." in done
    assert list(lying()) == []


def test_a_line_that_is_refused_is_named_and_the_file_not_taken(desk, invoiced):
    content = notification(Paid("3.00", name="WHO", iban=""), Paid("28.00", on=date(2027, 5, 1)))
    page = send(desk.olga, content)
    assert lines(page) == [
        ("open", "3.00 EUR wait for a person to say what they are for."),
        (
            "refused",
            "No contract in EUR has an open period on 2027-05-01 or after it to post in; open one "
            "with manage.py period open.",
        ),
    ]
    assert "The file cannot be taken as long as a line is refused" in text(page)
    assert "Take it" not in text(page)
    refused = take_shown(desk.olga, page)
    assert "No contract in EUR has an open period on 2027-05-01" in text(refused)
    assert not BankFile.objects.exists()


def test_two_entries_with_one_reference_of_the_banks_are_not_taken(desk, invoiced):
    twice = {"bank_reference": "B-1", "name": "WHO", "iban": ""}
    page = send(desk.olga, notification(Paid("3.00", **twice), Paid("4.00", **twice)))
    assert lines(page)[1] == (
        "refused",
        "The entry of 2026-11-20 over 4.00 EUR has the bank's reference of an earlier one in the "
        "same file; ask the bank which of them is right.",
    )
    take_shown(desk.olga, page)
    assert not BankFile.objects.exists()


def test_a_preview_is_its_sessions_alone_and_gone_once_taken(desk, invoiced):
    page = send(desk.olga, notification(Paid("3.00", name="WHO", iban="")))
    elsewhere = desk.otto.get(page.request["PATH_INFO"], follow=True)
    assert "That file is not here any more; send it again." in text(elsewhere)
    take_shown(desk.olga, page)
    gone = desk.olga.get(page.request["PATH_INFO"], follow=True)
    assert "That file is not here any more; send it again." in text(gone)


def test_a_receipt_is_matched_in_part_then_kept_and_a_wrong_match_undone(desk, invoiced):
    receipt = strange(invoiced)
    listed = text(desk.vera.get("/receipts/?which=open"))
    assert "for the music" in listed
    form = desk.olga.get(address("receipt-match", receipt.pk))
    assert "28.00 EUR" in text(form), "the open invoice is offered with what it is open for"
    wanted = {"invoice": invoiced.invoice.pk, "amount": "4.00"}
    assert "10.00 EUR of 10.00 EUR are unmatched." in text(form)
    done = desk.olga.post(address("receipt-match", receipt.pk), wanted, follow=True)
    assert "4.00 EUR pay INV-2026-0001." in text(done)
    assert (open_atoms(invoiced.invoice), rest_atoms(receipt)) == (2400 * CENT, 600 * CENT)
    undo = address("receipt-undo", Match.objects.get().pk)
    assert "4.00 EUR pay INV-2026-0001." in text(desk.otto.get(undo))
    assert "Undone: 4.00 EUR pay INV-2026-0001." in text(desk.otto.post(undo, follow=True))
    assert rest_atoms(receipt) == 1000 * CENT
    assert "does not hold any more" in text(desk.otto.post(undo, follow=True))
    credit = address("receipt-credit", receipt.pk)
    desk.olga.post(credit, {"contract": invoiced.contract.pk})
    assert rest_atoms(receipt) == 0
    assert open_atoms(invoiced.invoice) == 1800 * CENT, "the credit pays what is owed"
    assert list(verify_ledger()) == []


def test_sent_back_twice_is_sent_back_once(desk, invoiced):
    back = address("receipt-back", strange(invoiced).pk)
    assert "10.00 EUR were sent back." in text(desk.olga.post(back, follow=True))
    (receipt,) = Receipt.objects.all()
    again = text(desk.olga.post(back, follow=True))
    assert f"Nothing of receipt {receipt.pk} is unmatched." in again
    assert Match.objects.count() == 1


def returned(world) -> tuple[Receipt, Receipt]:
    """What paid the invoice, and the bank's entry that took it back without saying which it was."""
    paid = receive(world, Paid("28.00", reference=world.invoice.reference))
    gone = Paid("-28.00", is_reversal=True, iban="", end_to_end="X", on=date(2026, 11, 21))
    return paid, receive(world, gone, message="N-2")


def test_a_person_says_which_receipt_the_bank_took_back(desk, invoiced):
    paid, gone = returned(invoiced)
    page = address("receipt-taken-back", gone.pk)
    assert f"/receipts/{gone.pk}/" in desk.olga.get("/receipts/?which=open").content.decode()
    assert page in desk.olga.get(address("receipt", gone.pk)).content.decode()
    shown = desk.olga.get(page)
    assert '<li><a href="/receipts/">Receipts</a></li>' in shown.content.decode()
    form = text(shown)
    assert "28.00 EUR of 28.00 EUR are unmatched." in form
    assert f"{paid.pk} · 2026-11-20 · ACME GMBH" in form
    done = desk.olga.post(page, {"original": paid.pk}, follow=True)
    told = f"The bank took back 28.00 EUR, which receipt {paid.pk} had brought."
    assert told in text(done)
    assert open_atoms(invoiced.invoice) == 2800 * CENT
    assert told in text(desk.olga.get(address("receipt", paid.pk)))
    assert "What the bank's files brought" in text(desk.olga.get("/receipts/?which=open"))
    assert f"/receipts/{gone.pk}/" not in desk.olga.get("/receipts/?which=open").content.decode()
    undo = address("receipt-undo", Match.objects.get(taken_back_by=gone).pk)
    assert undo not in desk.olga.get(address("receipt", paid.pk)).content.decode()
    assert "the bank took it back, which nobody undoes" in text(desk.olga.post(undo, follow=True))
    assert AuditEvent.objects.filter(act="receipt.take_back").count() == 1
    assert list(verify_ledger()) == []


def test_only_a_receipt_that_fits_is_taken_back_and_once(desk, invoiced):
    paid, gone = returned(invoiced)
    page = address("receipt-taken-back", gone.pk)
    other = receive(invoiced, Paid("10.00", name="WHO", iban=""), message="N-3")
    for wrong in (other.pk, gone.pk, 0, ""):
        assert desk.olga.post(page, {"original": wrong}).status_code == 200
    assert desk.olga.get(address("receipt-taken-back", paid.pk)).status_code == 404
    desk.olga.post(page, {"original": paid.pk})
    desk.otto.post(page, {"original": paid.pk})
    assert Match.objects.filter(taken_back_by=gone).count() == 1
    assert Match.objects.filter(use="returned").count() == 1
    for step in ("receipt-match", "receipt-credit", "receipt-back"):
        assert desk.olga.get(address(step, gone.pk)).status_code == 404


def test_refusals_are_said_in_german_to_who_reads_german(desk, invoiced):
    User.objects.filter(email="olga@example.org").update(language="de")
    page = text(send(desk.olga, b"<Document/>"))
    assert "Das ist keine Datei camt.053 oder camt.054: Sie beginnt mit 'Document'." in page
    receipt = strange(invoiced)
    wanted = {"invoice": invoiced.invoice.pk, "amount": "11.00"}
    refused = text(desk.olga.post(address("receipt-match", receipt.pk), wanted))
    assert f"Vom Zahlungseingang {receipt.pk} sind 10.00 EUR übrig" in refused


LEFT = "has 10.00 EUR left and INV-2026-0001 is open for 28.00 EUR; "
NO_AMOUNT = "is not an amount; write digits and a point, as in 9.99"
AMOUNT_REFUSALS = {
    "0": LEFT + "0.00 EUR cannot be matched.",
    "-1": LEFT + "-1.00 EUR cannot be matched.",
    "11.00": LEFT + "11.00 EUR cannot be matched.",
    "1e9": f"'1e9' {NO_AMOUNT}",
    "1,0,0": f"'1,0,0' {NO_AMOUNT}",
    "<b>": f"'<b>' {NO_AMOUNT}",
    "10.001": "10.001 has more decimals than EUR, which has 2",
}


@pytest.mark.parametrize("amount", sorted(AMOUNT_REFUSALS))
def test_an_amount_that_cannot_be_matched_is_refused(desk, invoiced, amount):
    receipt = strange(invoiced)
    wanted = {"invoice": invoiced.invoice.pk, "amount": amount}
    page = desk.olga.post(address("receipt-match", receipt.pk), wanted)
    assert AMOUNT_REFUSALS[amount] in text(page)
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
    content = notification(Paid("1.00", text="<script>y</script>", name="<b>", iban=""))
    page = send(desk.olga, content.replace(b"N-1", b"N-7"), name="<i>.xml").content.decode()
    assert "&lt;script&gt;y" in page
    assert "<script>y" not in page
    assert "<i>.xml" not in page
