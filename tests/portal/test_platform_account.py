"""What a platform owes, as its people read it: periods, statements of account, invoices."""

import csv
import io

import pytest

from accounts.models import Organisation
from catalog.models import Platform
from royalty.models import Invoice
from tests.portal.people import signed_in, text
from tests.portal.test_effort import reads
from tests.royalty import money_in
from tests.royalty.money_in import Paid
from tests.royalty.payees import open_month

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice(month) -> Invoice:
    open_month(month)
    money_in.billed(month)
    return money_in.issue(month)


def test_a_period_leads_from_what_was_owed_to_what_is_owed(people, month):
    assert "October 2026 Studio 2026 closed EUR 40.00 EUR 12.00 EUR 28.00" in text(
        people.pia.get("/account/")
    )
    said = text(people.pia.get(f"/account/periods/{month.period.pk}/"))
    assert "Uses 40 Pieces used 4" in said
    assert "You owe, before VAT EUR 28.00" in said
    assert "You owed before 0.00" in said
    assert "Commission that you keep −12.00" in said
    assert "You owe after it 28.00" in said


def test_a_period_that_is_open_says_until_when_to_report(people, month):
    later = open_month(month)
    said = text(people.pia.get(f"/account/periods/{later.pk}/"))
    assert "Report before 15 December 2026" in said
    assert "It is not computed yet" in said


def test_an_invoice_says_what_is_open_and_what_settled_it(people, month, invoice):
    path = f"/account/invoices/{invoice.pk}/"
    assert "2026-10: commission that the platform keeps −12.00" in text(people.pia.get(path))
    assert "Still to be paid EUR 28.00" in text(people.pia.get(path))
    money_in.receive(month, Paid("10.00", reference=invoice.reference))
    said = text(people.pia.get(path))
    assert "Still to be paid EUR 18.00" in said
    assert "20 Nov 2026: EUR 10.00 paid" in said
    assert invoice.label in text(people.pia.get("/account/"))
    assert invoice.label in text(people.pia.get("/")), "it is open"


def test_invoices_are_sorted_add_up_and_make_a_file(people, month, invoice):
    money_in.receive(month, Paid("10.00", reference=invoice.reference))
    page = people.pia.get("/account/", {"sort": "-open", "page": "9"})
    assert [each.pk for each in page.context["invoices"].rows] == [invoice.pk]
    assert "Together in EUR 18.00" in text(page)
    file = people.pia.get("/account/", {"export": "csv"}).content.decode()
    (row,) = csv.DictReader(io.StringIO(file))
    assert (row["number"], row["issued_on"]) == (invoice.label, invoice.issued_on.isoformat())
    assert (row["amount"], row["open"]) == ("28.00000000", "18.00000000")


def test_an_invoice_is_downloaded_as_it_is_printed(people, invoice):
    path = f"/account/invoices/{invoice.pk}/pdf/"
    first, second = people.pia.get(path), people.pia.get(path)
    assert first.content.startswith(b"%PDF-")
    assert first.content == second.content
    assert invoice.label in first["Content-Disposition"]


def test_nothing_says_what_a_rights_holder_gets(people, month, invoice):
    for path in ("/account/", f"/account/periods/{month.period.pk}/"):
        assert "Party" not in text(people.pia.get(path))


def test_another_platforms_money_does_not_exist(people, month, invoice):
    bolt = Organisation.objects.create(name="Bolt people", kind="platform")
    Platform.objects.create(code="bolt", name="Bolt", organisation=bolt)
    bob = signed_in("bob@example.org", bolt)
    assert "No period yet" in text(bob.get("/account/"))
    for path in (
        f"/account/periods/{month.period.pk}/",
        f"/account/invoices/{invoice.pk}/",
        f"/account/invoices/{invoice.pk}/pdf/",
    ):
        assert people.pia.get(path).status_code == 200
        for other in (bob, people.ada, people.oda):
            assert other.get(path).status_code == 404
        assert people.nobody.get(path).status_code == 302


def test_pages_take_few_reads(people, month, invoice):
    assert reads(people.pia, "/account/") <= 9
    assert reads(people.pia, f"/account/periods/{month.period.pk}/") <= 12
    assert reads(people.pia, f"/account/invoices/{invoice.pk}/") <= 7
