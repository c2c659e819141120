"""The books in the portal: found, opened, added up, and changed by nobody."""

import csv
import io
from decimal import Decimal
from zipfile import ZipFile

import pytest

from accounts.models import User
from catalog.models import Party
from config import translations
from royalty.models import Account, AccountKind, Journal, JournalKind, Notice, Payout, PayoutBatch
from royalty.selectors.ledger import balance, trial_balance
from tests.portal.people import text
from tests.portal.test_effort import reads
from tests.royalty.cast import CENT, EURO

pytestmark = pytest.mark.django_db


def keys(client, query: str) -> list[str]:
    return [each.idempotency_key for each in client.get(f"/ledger/?{query}").context["page"]]


def payable(ref: str) -> Account:
    return Account.objects.get(kind="party_payable", party__ref=ref)


def test_a_journal_is_found_by_whatever_one_knows_of_it(people, month):
    allocation = f"period:{month.period.pk}:allocation"
    journal = Journal.objects.get(idempotency_key=allocation)
    atoms = journal.entries.get(account=payable("A")).amount_atoms
    cents = f"{atoms // EURO}.{atoms % EURO // CENT:02d}"
    for query in (
        "text=ALLOCATION",
        f"text={journal.pk}",
        "party=Party+A",
        "party=A&account=party_payable",
        f"amount={cents}&account=party_payable",
        "kind=allocation&contract=studio-2026",
        "kind=allocation&since=2026-10-31&until=2026-10-31",
    ):
        assert keys(people.oda, query) == [allocation], query
    for query in (
        "text=nothing",
        "party=Party+A&account=commission",
        "amount=12.56",
        "kind=payout",
    ):
        assert keys(people.oda, query) == [], query
    assert "no amount" in text(people.oda.get("/ledger/?amount=lots"))
    assert (
        people.oda.get("/ledger/?since=2026-99-99&text=%00&amount=9e99&page=x").status_code == 200
    )


def test_a_journal_shows_both_sides_which_are_equal(people, month):
    journal = Journal.objects.get(kind="allocation")
    shown = people.oda.get(f"/ledger/journals/{journal.pk}/")
    ((code, debit, credit),) = shown.context["sums"]
    assert (code, debit) == ("EUR", credit)
    assert "it follows from its period" in text(shown)


def test_an_account_shows_what_it_held_after_each_entry(people, month):
    shown = people.oda.get(f"/ledger/accounts/{payable('A').pk}/")
    newest = shown.context["rows"][0]
    assert newest.after == balance(payable("A")) == shown.context["balance_atoms"]
    entries = list(reversed(shown.context["rows"]))
    running = 0
    for entry in entries:
        running += entry.change
        assert entry.after == running
    file = people.oda.get(f"/ledger/accounts/{payable('A').pk}/?export=csv").content.decode()
    rows = list(csv.DictReader(io.StringIO(file)))
    assert [row["journal"] for row in reversed(rows)] == [
        entry.journal.idempotency_key for entry in entries
    ]
    assert {row["currency"] for row in rows} == {"EUR"}
    assert sum(Decimal(row["change"]) for row in rows) == Decimal(rows[0]["after"])


def test_the_trial_balance_is_the_same_on_the_page_and_in_both_files(people, month):
    Party.objects.filter(ref="A").update(name="=cmd|' /C calc'!A0")
    books = trial_balance()
    page = people.oda.get("/ledger/trial-balance/")
    assert "Debits and credits are the same." in text(page)
    content = people.oda.get("/ledger/trial-balance/csv/").content.decode()
    rows = list(csv.DictReader(io.StringIO(content)))
    assert len(rows) == len(books.rows) + 1
    assert rows[-1]["debits"] == rows[-1]["credits"] != ""
    (of_a,) = [row for row in rows if row["party_ref"] == "A"]
    assert of_a["party"] == "'=cmd|' /C calc'!A0"
    book = people.oda.get("/ledger/trial-balance/xlsx/")
    assert ZipFile(io.BytesIO(book.content)).testzip() is None
    before = people.oda.get("/ledger/trial-balance/?until=2026-09-30")
    assert "Nothing was booked in these days" in text(before)
    assert people.oda.get("/ledger/trial-balance/exe/").status_code == 404


def test_the_trial_balance_sorts_and_sums_all_accounts(people, month):
    table = people.oda.get("/ledger/trial-balance/?sort=-debits").context["table"]
    debits = [row.debit_atoms for row in table.rows]
    assert debits == sorted(debits, reverse=True)
    assert len(set(debits)) > 1
    (sums,) = table.sums
    said = {column.name: value for column, value in sums.cells}
    assert said["debits"] == said["credits"] == (sum(debits), "EUR")
    assert said["balance"] is None
    assert table.file_url == "", "the page has files of its own"
    assert 'name="sort" value="-debits"' in (
        people.oda.get("/ledger/trial-balance/?sort=-debits").content.decode()
    )


def test_a_hostile_name_stays_text(people, month):
    Party.objects.filter(ref="A").update(name="<script>alert(1)</script>\u202e")
    for address in (f"/ledger/accounts/{payable('A').pk}/", "/ledger/trial-balance/"):
        shown = people.oda.get(address).content.decode()
        assert "<script>alert" not in shown
        assert "\u202e" not in shown


def test_nothing_is_posted_from_the_books(people, month):
    journal = Journal.objects.first()
    for address in ("/ledger/", f"/ledger/journals/{journal.pk}/", "/ledger/trial-balance/"):
        assert people.oda.post(address).status_code == 405
        assert people.ada.get(address).status_code in {403, 404}


def test_the_books_ask_the_database_a_few_times(people, month):
    journal = Journal.objects.get(kind="allocation")
    for address in (
        "/ledger/?text=a&party=A&amount=1",
        f"/ledger/journals/{journal.pk}/",
        f"/ledger/accounts/{payable('A').pk}/",
        "/ledger/trial-balance/?since=2026-10-01",
    ):
        assert reads(people.oda, address) <= 11, address


def test_the_books_words_are_german_for_who_reads_german(people, month):
    User.objects.filter(email="oda@example.org").update(language="de")
    journal = Journal.objects.get(kind="allocation")
    listed = text(people.oda.get("/ledger/"))
    assert "Verteilung" in listed
    assert "einem Beteiligten geschuldet" in listed, "the menu of accounts"
    shown = text(people.oda.get(f"/ledger/journals/{journal.pk}/"))
    assert "studio-2026: einem Beteiligten geschuldet, Party A (EUR)" in shown
    for page in (listed, shown, text(people.oda.get("/ledger/trial-balance/"))):
        assert "owed to a party" not in page


def test_every_kind_and_state_of_the_books_has_its_german():
    kinds = [("", kind.label) for kind in AccountKind]
    kinds += [("journal", kind.label) for kind in JournalKind]
    states = [*PayoutBatch.Status, *Payout.Status]
    kinds += [("payout", state.label) for state in states]
    kinds += [("e-mail", state.label) for state in Notice.Status]
    known = translations.known("de")
    missing = [(about, word) for about, word in kinds if not known.get(word, about or None)]
    assert missing == []
