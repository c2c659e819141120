"""From a closed month to its money, by the commands that an accountant types."""

from datetime import date
from io import StringIO

import pypdf
import pytest
from django.core.management import CommandError, call_command

from royalty.models import Invoice, Receipt
from tests.royalty.money_in import Paid, billed, issue, notification, receive

pytestmark = pytest.mark.django_db
TODAY = date(2026, 12, 20)


@pytest.fixture(autouse=True)
def in_december(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: TODAY)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_a_month_from_its_invoice_to_its_money(november, tmp_path):
    billed(november)
    assert run("invoices", "due").strip() == (
        "28.00 EUR  studio-2026, through 2026-10, to be invoiced"
    )
    said = run("invoices", "issue", "studio-2026", "--by", "ann@example.org", "--on", "2026-11-04")
    invoice = Invoice.objects.get()
    assert said == (
        f"INV-2026-0001 is issued: 28.00 EUR, due on 2026-12-04, reference {invoice.reference}.\n"
    )
    assert "is invoiced" in run("invoices", "due")
    assert "open, 16 days late" in run("invoices", "list")
    path = tmp_path / "bank.xml"
    path.write_bytes(notification(Paid("10.00", reference=invoice.reference), Paid("3.00")))
    told = run("receipts", "take", str(path), "--by", "ann@example.org")
    assert "10.00 EUR  receipt" in told
    assert "ACME GMBH: matched  RF" in told
    assert "ACME GMBH: 3.00 unmatched" in told
    assert told.endswith("camt.054 N-1: 2 entries.\n")
    again = run("receipts", "take", str(path), "--by", "ann@example.org")
    assert again == "camt.054 N-1 was taken before; nothing changed.\n"
    aged = run("invoices", "list", "--open")
    assert "18.00 EUR  INV-2026-0001  Acme GmbH, 0-30 days" in aged
    assert "paid in part, 16 days late" in run("invoices", "list")


def test_a_person_matches_unmatches_and_sends_back(november):
    issue(billed(november))
    receipt = receive(november, Paid("30.00", name="?", iban=""))
    by = ("--by", "ann@example.org", "--on", "2026-11-21")
    assert f"receipt {receipt.pk}" in run("receipts", "list")
    told = run("receipts", "match", str(receipt.pk), "inv-2026-1", "--amount", "5.00", *by)
    assert told.startswith("5.00 EUR: match ")
    match = receipt.matches.get()
    assert "undone" in run("receipts", "unmatch", str(match.pk), *by)
    assert "pays an invoice on 2026-11-21, found by a person" in run(
        "invoices", "show", "INV-2026-0001"
    )
    run("receipts", "credit", str(receipt.pk), "studio-2026", *by)
    assert "paid" in run("invoices", "list")
    assert "Nothing waits to be matched" in run("receipts", "list")
    assert f"receipt {receipt.pk}" in run("receipts", "list", "--all")


def test_the_invoice_as_pdf_says_what_an_invoice_must(november, tmp_path):
    invoice = issue(billed(november))
    target = tmp_path / "invoice.pdf"
    run("invoices", "show", "INV-2026-0001", "--to", str(target))
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(target).pages)
    for said in (
        *("Invoice INV-2026-0001", "Acme GmbH", "Catalogue Ltd", "DE136695976", "DE114103379"),
        *("2026-11-04", "28.00", "40.00", "−12.00", "2026-12-04", "Köln"),
        " ".join(invoice.reference[n : n + 4] for n in range(0, 15, 4)),
    ):
        assert said in text, said
    first = target.read_bytes()
    run("invoices", "show", "INV-2026-0001", "--to", str(target))
    assert target.read_bytes() == first


def test_a_reminder_names_what_is_late_and_how_to_pay_it(november, tmp_path):
    invoice = issue(billed(november))
    text = run("invoices", "remind")
    assert "Acme GmbH" in text
    assert (
        f"INV-2026-0001    due 2026-12-04    16 days late             28.00  {invoice.reference}"
        in text
    )
    run("invoices", "remind", "--to", str(tmp_path / "out"))
    assert [path.name for path in (tmp_path / "out").iterdir()] == [
        "reminder-acme-EUR-2026-12-20.txt"
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("invoices issue studio-2026", "Say who does it"),
        ("invoices issue nothing --by ann@example.org", "There is no contract 'nothing'"),
        ("invoices issue studio-2026 --by ann@example.org", "No period of studio-2026 was closed"),
        ("invoices show INV-2026-0009", "There is no invoice 'INV-2026-0009'"),
        ("invoices show INV-99999999999999999999-1", "There is no invoice"),
        ("receipts take nowhere.xml --by ann@example.org", "nowhere.xml cannot be read"),
        ("receipts match 99 INV-2026-0001 --by ann@example.org", "There is no receipt 99"),
        ("receipts unmatch 99 --by ann@example.org", "There is no match 99"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(november, arguments, words):
    issue(billed(november))
    with pytest.raises(CommandError, match=words):
        run(*arguments.split())
    assert not Receipt.objects.exists()
