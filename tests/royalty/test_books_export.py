"""The general ledger leaves the house exactly, whole, and as it was at one moment."""

import csv
import io
import re
import subprocess
import sys
import tracemalloc
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import Party
from royalty.documents import Scale
from royalty.documents.ledger import (
    GeneralLedger,
    LedgerAccount,
    LedgerEntry,
    LedgerError,
    LedgerJournal,
    ledger_beancount,
    ledger_csv,
)
from royalty.documents.ledger.csv import COLUMNS
from royalty.documents.ledger.names import account_name
from royalty.models import Account, AccountKind, Entry, Journal, JournalKind, Side
from royalty.selectors import general_ledger as exporting
from royalty.selectors.ledger import trial_balance
from royalty.services import ledger, periods
from royalty.services.ledger import Draft
from tests.royalty.attacker import DAY, accounts
from tests.royalty.cast import LAST_DAY, empty_world, settle, sign
from tests.royalty.test_ledger_at_commit import draft, in_threads

ATOM = Decimal("0.00000001")


@pytest.fixture
def beancount():
    """The independent oracle; it is part of what the tests install."""
    return pytest.importorskip(
        "beancount.loader", reason="beancount is not installed; `make test` installs it"
    )


def exported(tmp_path: Path, kind: str, **options) -> Path:
    path = tmp_path / f"ledger.{kind}"
    call_command("export_ledger", str(path), format=kind, **options)
    return path


def balances_in_beancount(loader, path: Path) -> dict[str, Decimal]:
    """What another program makes of the file: every account's sum, after its own checks."""
    entries, errors, _ = loader.load_file(str(path))
    assert errors == []
    sums: dict[str, Decimal] = {}
    for entry in entries:
        for posting in getattr(entry, "postings", ()):
            sums[posting.account] = sums.get(posting.account, Decimal(0)) + posting.units.number
    return sums


def our_balances(as_of: date | None = None) -> dict[str, Decimal]:
    return {
        name_of(row.account): (row.debit_atoms - row.credit_atoms) * ATOM
        for row in trial_balance(as_of=as_of).rows
    }


def name_of(account: Account) -> str:
    return account_name(
        kind=account.kind,
        is_debit=account.normal_side == Side.DEBIT,
        contract=account.contract.code,
        party_ref=account.party.ref if account.party else "",
        currency=account.currency,
    )


@pytest.mark.django_db
def test_beancount_agrees_with_every_balance(reported, tmp_path, beancount, capsys):
    settle(reported)
    path = exported(tmp_path, "beancount")
    assert balances_in_beancount(beancount, path) == our_balances()
    assert len(our_balances()) == 6
    assert f"{path}: 6 accounts until 2026-10-31." in capsys.readouterr().out
    check = [sys.executable, "-m", "beancount.scripts.check", str(path)]
    said = subprocess.run(check, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout + said.stderr) == (0, "")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("find", "replacement"),
    [
        pytest.param("12.55333333 EUR", "12.55333334 EUR", id="an-entry-by-one-atom"),
        pytest.param("12.55333333 ~", "12.55333334 ~", id="a-balance-by-one-atom"),
    ],
)
def test_beancount_would_find_one_atom(reported, tmp_path, beancount, find, replacement):
    settle(reported)
    path = exported(tmp_path, "beancount")
    text = path.read_text()
    assert text.count(find) == 1
    path.write_text(text.replace(find, replacement))
    _, errors, _ = beancount.load_file(str(path))
    assert errors


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)
MESSY = st.one_of(TEXT, st.sampled_from(['say "hi"', "back\\slash", "=1+1", "two  spaces", "a\\"]))
REFS = st.one_of(TEXT, st.sampled_from(["a-b", "a b", "A-b", "A B", "a-b-2", "7", "é", "e"]))
BOOKED = st.lists(
    st.tuples(
        st.integers(1, 31),
        st.integers(0, 4),
        st.sampled_from(Side),
        st.integers(1, 9 * 10**16),
        MESSY,
    ),
    min_size=1,
    max_size=8,
)


@given(refs=st.lists(REFS, min_size=5, max_size=5, unique=True), booked=BOOKED, data=st.data())
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@pytest.mark.django_db
def test_beancount_agrees_with_books_made_at_random(bare, tmp_path, beancount, refs, booked, data):
    until = date(2026, 10, data.draw(st.integers(booked[0][0], 31)))
    with transaction.atomic():
        parties = [Party.objects.get_or_create(ref=ref, defaults={"name": ref})[0] for ref in refs]
        payable = list(ledger.payable_accounts(bare.contract, parties).values())
        receivable = accounts(bare)[0]
        for number, (day, who, side, amount, memo) in enumerate(booked):
            account = payable[who]
            legs = (ledger.leg(account, side, amount), ledger.leg(receivable, side.other, amount))
            post(bare, f"k{number} {memo}", day, legs, memo)
        undo_first(bare)
        path = exported(tmp_path, "beancount", until=until)
        assert balances_in_beancount(beancount, path) == our_balances(until)
        transaction.set_rollback(True)


def post(world, key, day, legs, memo="") -> Journal:
    return ledger.post(
        Draft(
            key=key,
            kind=JournalKind.REVENUE,
            period=world.period,
            posted_on=date(2026, 10, day),
            legs=legs,
            memo=memo,
        )
    )


def undo_first(world) -> None:
    first = Journal.objects.order_by("created_at", "pk").first()
    ledger.reverse(first, key="undo", period=world.period, posted_on=LAST_DAY)


@given(
    one=st.tuples(REFS, st.sampled_from(AccountKind.values), REFS),
    other=st.tuples(REFS, st.sampled_from(AccountKind.values), REFS),
)
def test_no_two_accounts_have_one_name_and_every_name_is_beancounts(one, other):
    def name(parts):
        contract, kind, ref = parts
        return account_name(
            kind=kind, is_debit=True, contract=contract, party_ref=ref, currency="EUR"
        )

    assert (name(one) == name(other)) == (one == other)
    assert re.fullmatch(r"(Assets|Income)(:[A-Z0-9][A-Za-z0-9-]*){4}", name(one), re.ASCII)


@pytest.mark.parametrize(
    ("ref", "part"),
    [
        ("ipi-00014107338", "Ipi-00014107338"),
        ("ipi:00014107338", "Ipi-00014107338-bfb1b883"),
        ("jane doe", "Jane-doe-ed37d99b"),
        ("A", "A-559aead0"),
    ],
)
def test_names_are_legible_and_stay_the_same(ref, part):
    name = account_name(
        kind="party_payable", is_debit=False, contract="studio", party_ref=ref, currency="EUR"
    )
    assert name == f"Liabilities:Studio:Party-Payable:{part}:EUR"


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode(), newline="")))


@pytest.mark.django_db
def test_the_csv_has_a_line_for_every_entry_in_the_order_of_the_books(reported, tmp_path):
    settle(reported)
    rows = rows_of(exported(tmp_path, "csv"))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == Entry.objects.count()
    assert [row["kind"] for row in rows] == ["revenue"] * 2 + ["allocation"] * 5
    for row in rows:
        amount = Decimal(row["debit"] or 0) + Decimal(row["credit"] or 0)
        assert amount == int(row["amount_atoms"]) * ATOM
    assert sum(Decimal(row["debit"] or 0) for row in rows) == Decimal(80)
    assert sum(Decimal(row["credit"] or 0) for row in rows) == Decimal(80)
    owed = {row["party_ref"]: row["credit"] for row in rows if row["party_ref"]}
    assert owed == {"A": "12.55333333", "B": "6.76666667", "C": "8.68000000"}


def test_every_column_is_described_for_accountants():
    page = Path("docs/operations/month-end.md").read_text()
    table = page[page.index("| column | meaning |") :].splitlines()
    described = [name for row in table for name in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert tuple(described) == COLUMNS


@pytest.mark.django_db
def test_no_spreadsheet_runs_what_the_csv_says(bare, tmp_path):
    party = Party.objects.create(ref="@evil", name='=HYPERLINK("http://x")')
    (payable,) = ledger.payable_accounts(bare.contract, [party]).values()
    legs = (
        ledger.leg(payable, Side.CREDIT, 1),
        ledger.leg(accounts(bare)[0], Side.DEBIT, 1),
    )
    post(bare, "+key", 1, legs, "-memo\r\n=1+1")
    rows = rows_of(exported(tmp_path, "csv"))
    assert {row["party_ref"] for row in rows} == {"'@evil", ""}
    assert {row["party"] for row in rows} == {'\'=HYPERLINK("http://x")', ""}
    assert {row["journal_key"] for row in rows} == {"'+key"}
    assert {row["memo"] for row in rows} == {"'-memo\r\n=1+1"}


@pytest.mark.django_db
def test_reversals_are_linked_to_what_they_reverse(bare, tmp_path, beancount):
    journal = ledger.post(draft(bare, key='the "first"'))
    undo_first(bare)
    entries, errors, _ = beancount.load_file(str(exported(tmp_path, "beancount")))
    assert errors == []
    first, undo = (entry for entry in entries if hasattr(entry, "postings"))
    assert first.links == {f"journal-{journal.pk}"}
    assert first.links < undo.links
    assert undo.meta["reverses"] == str(journal.pk)
    assert first.meta["idempotency-key"] == 'the "first"'
    assert first.tags == {"revenue"}
    rows = rows_of(exported(tmp_path, "csv"))
    assert [row["reverses"] for row in rows] == ["", "", str(journal.pk), str(journal.pk)]


@pytest.mark.django_db
def test_what_was_booked_later_is_left_out(bare, tmp_path):
    ledger.post(draft(bare, key="early"))
    post(bare, "late", 31, draft(bare).legs)
    rows = rows_of(exported(tmp_path, "csv", until=DAY))
    assert {row["journal_key"] for row in rows} == {"early"}
    assert len(rows_of(exported(tmp_path, "csv"))) == 4


@pytest.mark.django_db
def test_empty_books_are_no_ledger(bare, tmp_path):
    with pytest.raises(CommandError, match="Nothing is booked yet"):
        exported(tmp_path, "csv")


def made_up(n_entries: int, *, balance_atoms: int = 0) -> GeneralLedger:
    """A ledger that exists only while it is read: one account, debited and credited in turn."""
    account = LedgerAccount(
        1, "Assets:X:EUR", "bank", "x", "", "", Scale("EUR", 2, 10**6), DAY, balance_atoms
    )

    def entries():
        for number in range(n_entries):
            if number % 2 == 0:
                at = datetime(2026, 10, 15, tzinfo=UTC)
                journal = LedgerJournal(
                    *(str(number), f"k{number}", "revenue", DAY, at, "x 2026-10"),
                    *("memo", "", "", "", "0" * 64),
                )
            yield LedgerEntry(number, journal, account, number % 2 == 0, 5)

    return GeneralLedger(DAY, (account,), entries())


@pytest.mark.parametrize("write", [ledger_csv, ledger_beancount], ids=["csv", "beancount"])
def test_memory_does_not_grow_with_the_entries(write):
    peaks_bytes = []
    for n_entries in (3_000, 15_000):
        tracemalloc.start()
        for _ in write(made_up(n_entries)):
            pass
        peaks_bytes.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks_bytes[1] < 1.5 * peaks_bytes[0] < 20_000_000


@pytest.mark.parametrize("write", [ledger_csv, ledger_beancount], ids=["csv", "beancount"])
def test_a_ledger_that_does_not_come_to_its_balances_is_refused(write):
    with pytest.raises(LedgerError, match=r"Assets:X:EUR come to 0 atoms and its balance to 1"):
        list(write(made_up(6, balance_atoms=1)))


@pytest.mark.django_db
def test_an_export_that_fails_leaves_the_last_one_alone(bare, tmp_path, monkeypatch):
    ledger.post(draft(bare))
    path = exported(tmp_path, "csv")
    before = path.read_bytes()
    monkeypatch.setattr(
        "royalty.management.commands.export_ledger.general_ledger",
        lambda _until: made_up(6, balance_atoms=1),
    )
    with pytest.raises(CommandError, match="was not written: The entries of"):
        exported(tmp_path, "csv")
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_an_export_is_of_one_moment_whoever_posts_meanwhile(committed_db):
    world = empty_world()
    ledger.post(draft(world, key="before"))
    meanwhile = draft(world, key="meanwhile")
    with exporting.one_moment():
        found = exporting.general_ledger(DAY)
        assert isinstance(*in_threads(lambda: ledger.post(meanwhile)), Journal)
        assert {entry.journal.key for entry in found.added_up()} == {"before"}
    with exporting.one_moment():
        assert len(list(exporting.general_ledger(DAY).added_up())) == 4


def test_an_export_that_could_not_begin_its_own_moment_notices(committed_db):
    world = empty_world()
    ledger.post(draft(world, key="before"))
    meanwhile = draft(world, key="meanwhile")
    with transaction.atomic():
        connection.ensure_connection()
        found = exporting.general_ledger(DAY)
        in_threads(lambda: ledger.post(meanwhile))
        with pytest.raises(LedgerError, match="something was posted meanwhile"):
            list(found.added_up())


@pytest.mark.django_db
def test_contracts_in_two_currencies_are_exported_side_by_side(bare, tmp_path, beancount):
    yen = sign(bare.platform, code="tokyo", service="tokyo", currency="JPY")
    ledger.post(draft(bare))
    world = type(bare)(bare.platform, yen, _month(yen), bare.ann, bare.ben)
    ledger.post(draft(world, key="yen", amount=123_4567))
    path = exported(tmp_path, "beancount")
    assert "  Assets:Tokyo:Platform-Receivable:JPY  123.4567 JPY\n" in path.read_text()
    _, errors, _ = beancount.load_file(str(path))
    assert errors == []


def _month(contract):
    return periods.open_period(
        contract=contract, starts_on=date(2026, 10, 1), ends_on=date(2026, 11, 1)
    )
