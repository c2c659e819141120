"""Invoices as Acme gets them: what they say, what settled them, and their PDF."""

from datetime import UTC, datetime

import pytest

from royalty.api import invoices
from royalty.services import intake
from tests.api.conftest import problem
from tests.royalty import money_in
from tests.royalty.cast import ndjson, revenue_lines, settle, usage_lines
from tests.royalty.money_in import Paid
from tests.royalty.payees import open_month


@pytest.fixture
def invoiced(world, tmp_path):
    """The worked example's October, closed and invoiced on 4 November, with 19 % VAT."""
    for take, lines in (
        (intake.take_usage, usage_lines()),
        (intake.take_revenue, revenue_lines()),
    ):
        path = ndjson(tmp_path / take.__name__, lines)
        take(platform=world.platform, source=path, name=path.name)
    settle(world)
    open_month(world)
    money_in.billed(world)
    return world, money_in.issue(world)


def test_an_invoice_leads_from_revenue_to_what_is_to_be_paid(acme, invoiced):
    world, issued = invoiced
    invoice = acme.get(f"invoices/{issued.pk}").json()
    assert (invoice["number"], invoice["kind"]) == ("INV-2026-0001", "invoice")
    assert invoice["lines"] == [
        {"text": "2026-10: revenue", "amount": "40.00"},
        {"text": "2026-10: commission that the platform keeps", "amount": "-12.00"},
    ]
    assert (invoice["net"], invoice["vat"], invoice["gross"]) == ("28.00", "0.00", "28.00")
    assert (invoice["open"], invoice["currency"]) == ("28.00", "EUR")
    assert (invoice["issued_on"], invoice["due_on"]) == ("2026-11-04", "2026-12-04")
    assert invoice["through"] == world.period.pk
    assert invoice["reference"].startswith("RF")
    assert acme.get(f"periods/{world.period.pk}").json()["invoice"] == issued.pk


def test_what_settled_it_is_told_payment_by_payment(acme, invoiced):
    world, issued = invoiced
    money_in.receive(world, Paid("10.00", reference=issued.reference), message="N-1")
    told = acme.get(f"invoices/{issued.pk}").json()
    assert (told["status"], told["open"]) == ("paid_in_part", "18.00")
    money_in.receive(
        world, Paid("18.00", reference=issued.reference, bank_reference="b"), message="N-2"
    )
    told = acme.get(f"invoices/{issued.pk}").json()
    assert (told["status"], told["open"], told["days_late"]) == ("paid", "0.00", 0)
    assert told["settlements"] == [
        {"by": "payment", "settled_on": "2026-11-20", "amount": "10.00"},
        {"by": "payment", "settled_on": "2026-11-20", "amount": "18.00"},
    ]


def test_what_is_late_says_for_how_many_days(acme, invoiced, monkeypatch):
    _, issued = invoiced
    monkeypatch.setattr(invoices, "now_for", lambda _: datetime(2026, 12, 14, tzinfo=UTC))
    told = acme.get(f"invoices/{issued.pk}").json()
    assert (told["status"], told["days_late"]) == ("open", 10)


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({}, 1),
        ({"kind": "invoice"}, 1),
        ({"kind": "credit_note"}, 0),
        ({"status": "open", "service": "studio"}, 1),
        ({"status": "paid_in_part"}, 0),
        ({"status": "paid"}, 0),
        ({"status": "credited"}, 0),
        ({"service": "club"}, 0),
    ],
)
def test_invoices_are_found_by_kind_status_and_service(acme, invoiced, filters, count):
    assert len(acme.get("invoices", **filters).json()["data"]) == count


@pytest.mark.parametrize("filters", [{"kind": "bill"}, {"status": "late"}, {"number": "1"}])
def test_a_filter_that_is_not_known_shows_nothing(acme, invoiced, filters):
    problem(acme.get("invoices", **filters), 400, "unknown-parameter")


def test_its_pdf_is_the_same_every_time_and_names_both_parties(acme, invoiced):
    _, issued = invoiced
    path = f"invoices/{issued.pk}/document"
    first = acme.client.get(f"/api/v1/{path}", headers=acme.headers(Accept="application/pdf"))
    assert (first.status_code, first["Content-Type"]) == (200, "application/pdf")
    assert first["Content-Disposition"] == 'attachment; filename="INV-2026-0001.pdf"'
    assert first.content.startswith(b"%PDF")
    assert acme.get(path).content == first.content


def test_a_pdf_is_not_sent_as_something_else(acme, invoiced):
    _, issued = invoiced
    headers = acme.headers(Accept="application/json")
    answer = acme.client.get(f"/api/v1/invoices/{issued.pk}/document", headers=headers)
    problem(answer, 406, "not-acceptable")


@pytest.mark.parametrize("path", ["", "/document"])
def test_anothers_invoice_is_nothing(acme, bolt, invoiced, path):
    _, issued = invoiced
    problem(bolt.get(f"invoices/{issued.pk}{path}"), 404, "not-found")
    problem(acme.get(f"invoices/{2**40}{path}"), 404, "not-found")
    assert bolt.get("invoices").json()["data"] == []
