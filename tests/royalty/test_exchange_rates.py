"""Rates are read from the ECB's files, kept for ever, and convert what comes in others."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from hypothesis import given
from hypothesis import strategies as st

from common.money import CURRENCIES
from royalty.models import ExchangeRate, RevenueEvent
from royalty.selectors.rates import Rates
from royalty.services import periods
from royalty.services.intake import IntakeRefused
from royalty.services.rates import RatesRefused, take_rates
from tests.royalty.attacker import execute
from tests.royalty.cast import AFTER, EURO, revenue_line

TODAY = date(2026, 11, 20)
CSV = """Date,USD,JPY,GBP,XYZ,
2026-10-02,1.1000,165.5,0.85,3,
2026-10-01,1.0823,N/A,0.8456,3,
2026-09-25,1.2,160,0.8,3,
"""
XML = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
    xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
  <gesmes:subject>Reference rates</gesmes:subject>
  <Cube><Cube time="2026-10-01">
    <Cube currency="USD" rate="1.0823"/><Cube currency="GBP" rate="0.8456"/>
  </Cube></Cube>
</gesmes:Envelope>
"""
pytestmark = pytest.mark.django_db


@pytest.fixture
def took(tmp_path):
    """Take a file of rates."""

    def take(content: str | bytes, source: str = "ECB"):
        path = tmp_path / "rates"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return take_rates(path=path, source=source, as_of=TODAY)

    return take


def in_usd(**changes: object) -> dict:
    return revenue_line("U1", "10.00") | {"currency": "USD"} | changes


def test_the_history_and_a_days_xml_say_the_same(took):
    report = took(CSV)
    assert (report.new_count, report.known_count, report.last_day) == (8, 0, date(2026, 10, 2))
    assert not ExchangeRate.objects.filter(quote="XYZ").exists()
    again = took(XML)
    assert (again.new_count, again.known_count) == (0, 2)
    rate = ExchangeRate.objects.get(quote="USD", day=date(2026, 10, 1))
    assert str(rate) == "1 EUR = 1.0823 USD on 2026-10-01 (ECB)"


HOSTILE = {
    "empty": ("", "Line 1 must be Date"),
    "another table": ("day,USD\n", "Line 1 must be Date"),
    "a currency twice": ("Date,USD,USD\n", "each once"),
    "a short line": ("Date,USD,GBP\n2026-10-01,1.1\n", "Line 2 has 2 cells"),
    "no number": ("Date,USD\n2026-10-01,1e3\n", "Line 2, USD: '1e3' is no rate"),
    "zero": ("Date,USD\n2026-10-01,0.0\n", "is no rate"),
    "negative": ("Date,USD\n2026-10-01,-1\n", "is no rate"),
    "no day": ("Date,USD\n01/10/2026,1.1\n", "is no day"),
    "the future": ("Date,USD\n2026-11-21,1.1\n", "has not come yet"),
    "a day twice": ("Date,USD\n2026-10-01,1.1\n2026-10-01,1.1\n", "already"),
    "nothing known": ("Date,XYZ\n2026-10-01,1.1\n", "holds no rate"),
    "not UTF-8": (b"Date,USD\n\xff", "not UTF-8"),
    "broken XML": ("<Envelope>", "not well-formed"),
    "an entity": ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "document type"),
    "XML of something else": ("<a><Cube time='x'/></a>", "holds no rate"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_whole(took, name):
    content, words = HOSTILE[name]
    with pytest.raises(RatesRefused, match=words):
        took(content)
    assert not ExchangeRate.objects.exists()


def test_a_rate_is_never_replaced(took):
    took(CSV)
    with pytest.raises(RatesRefused, match=r"1\.0823 USD on 2026-10-01 \(ECB\) is known"):
        took("Date,USD\n2026-10-01,1.0824\n")
    with pytest.raises(DatabaseError, match=r"permission denied|append-only"):
        execute("UPDATE royalty_exchangerate SET rate = 2")


def test_revenue_in_another_currency_is_converted_by_the_rate_of_its_day(world, take, took):
    took(CSV)
    take(world, "revenue", [in_usd()])
    event = RevenueEvent.objects.get()
    exact = Fraction(10 * EURO) / Fraction("1.0823")
    assert event.amount_atoms == int(exact + Fraction(1, 2)) == 923_958_237
    assert (event.currency, event.reported_currency, event.reported_atoms) == (
        *("EUR", "USD"),
        10 * EURO,
    )
    assert event.reported_rate == ExchangeRate.objects.get(quote="USD", day=date(2026, 10, 1))
    assert event.contract_rate is None


@pytest.mark.parametrize(
    ("day", "rate"),
    [("2026-10-09", "1.1000"), ("2026-10-02", "1.1000"), ("2026-10-01", "1.0823")],
)
def test_a_day_without_rates_takes_the_last_one_within_a_week(world, take, took, day, rate):
    took(CSV)
    take(world, "revenue", [in_usd(earned_on=day)])
    assert RevenueEvent.objects.get().reported_rate.rate == Decimal(rate)


@pytest.mark.parametrize(
    "line",
    [in_usd(earned_on="2026-10-10"), in_usd(currency="CHF"), in_usd(earned_on="2026-09-20")],
    ids=["eight days later", "no such pair", "before the first"],
)
def test_without_a_rate_the_line_is_refused_with_day_and_pair(world, take, took, line):
    took(CSV)
    good = revenue_line("U2", "1.00")
    with pytest.raises(IntakeRefused) as caught:
        take(world, "revenue", [good, line])
    (fault,) = caught.value.faults
    assert (fault.line, fault.field) == (2, "currency")
    pair = f"ECB has no rate from {line['currency']} to EUR for {line['earned_on']}"
    assert fault.message.startswith(pair)
    assert "manage.py rates take" in fault.message
    assert not RevenueEvent.objects.exists()


def test_rates_of_another_source_convert_nothing(world, take, took):
    took(CSV, source="house")
    with pytest.raises(IntakeRefused, match="ECB has no rate from USD"):
        take(world, "revenue", [in_usd()])


def test_an_unknown_currency_is_refused(world, take):
    with pytest.raises(IntakeRefused, match="'XXX' is not a currency known here"):
        take(world, "revenue", [in_usd(currency="XXX")])


def test_the_same_line_again_is_known_even_after_other_rates_came(world, take, took):
    took("Date,USD\n2026-09-28,1.2\n")
    take(world, "revenue", [in_usd()], "first.ndjson")
    took(CSV)
    report = take(world, "revenue", [in_usd(), in_usd(event_id="x")], "second.ndjson")
    assert (report.new_count, report.known_count) == (1, 1)
    with pytest.raises(IntakeRefused, match="came with another content"):
        take(world, "revenue", [in_usd(amount="10.01")], "third.ndjson")
    with pytest.raises(IntakeRefused, match="came with another content"):
        take(world, "revenue", [in_usd(currency="GBP")], "fourth.ndjson")


def test_a_correction_in_another_currency_replaces_what_it_corrects(world, take, took):
    took(CSV)
    take(world, "revenue", [revenue_line("U1", "10.00")], "first.ndjson")
    fix = in_usd(event_id="fix", corrects="fee-U1", amount="5.41")
    take(world, "revenue", [fix], "second.ndjson")
    run = periods.compute_period(period=world.period, user=world.ann, as_of=AFTER)
    assert run.gross_atoms == int(Fraction(541_000_000) / Fraction("1.0823") + Fraction(1, 2))


def test_a_run_records_by_which_rates_its_revenue_was_converted(world, take, took):
    took(CSV)
    lines = [in_usd(), revenue_line("U2", "5.00"), in_usd(event_id="b", earned_on="2026-10-05")]
    take(world, "revenue", lines)
    run = periods.compute_period(period=world.period, user=world.ann, as_of=AFTER)
    assert run.exchange_rates == [
        {
            "from": "USD",
            "to": "EUR",
            "rates": [f"1 EUR = {rate} USD on {day} (ECB)"],
            "events": 1,
        }
        for rate, day in (("1.0823", "2026-10-01"), ("1.1", "2026-10-02"))
    ]


def test_an_amount_that_is_too_large_once_converted_is_refused(world, take, took):
    took("Date,USD\n2026-10-01,0.0000000001\n")
    with pytest.raises(IntakeRefused, match="In EUR it is more than is taken"):
        take(world, "revenue", [in_usd(amount="1000000000")])


rate = st.decimals("0.0001", "20000", places=4)


@given(rates=st.tuples(rate, rate), atoms=st.integers(1, 10**15), data=st.data())
def test_a_cross_rate_is_exact_and_there_and_back_is_one(rates, atoms, data):
    codes = data.draw(st.permutations(sorted(set(CURRENCIES) - {"EUR"}))).copy()[:2]
    book = Rates.__new__(Rates)
    book._rates = {
        (code, TODAY): ExchangeRate(base="EUR", quote=code, day=TODAY, rate=value, source="ECB")
        for code, value in zip(codes, rates, strict=True)
    }
    there, back = book.conversion(*codes, TODAY), book.conversion(*codes[::-1], TODAY)
    assert there.factor * back.factor == 1
    one, other = (CURRENCIES[code].atoms_per_unit for code in codes)
    units = Fraction(atoms, one) / Fraction(rates[0]) * Fraction(rates[1])
    assert atoms * there.factor == units * other


def test_the_command_takes_and_lists(tmp_path, capsys):
    path = tmp_path / "eurofxref-hist.csv"
    path.write_text(CSV)
    call_command("rates", "take", str(path))
    taken = "eurofxref-hist.csv: 8 rates new, 0 known, until 2026-10-02.\n"
    assert capsys.readouterr().out == taken
    call_command("rates", "list", currency="GBP", since=date(2026, 10, 1))
    assert capsys.readouterr().out.splitlines() == [
        "1 EUR = 0.85 GBP on 2026-10-02 (ECB)",
        "1 EUR = 0.8456 GBP on 2026-10-01 (ECB)",
    ]
    with pytest.raises(CommandError, match=r"none was not taken: .* cannot be read"):
        call_command("rates", "take", str(tmp_path / "none"))
    call_command("rates", "list", since=TODAY + timedelta(days=400))
    assert "No rates are known since" in capsys.readouterr().out
