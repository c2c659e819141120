"""Contracts, periods and the platform's account: the worked example, as Acme sees it."""

import pytest

from accounts.models import Scope
from royalty.services import intake, periods
from royalty.services.restatements import restate_period
from tests.api.conftest import caller_for, problem
from tests.royalty import money_in
from tests.royalty.cast import (
    AFTER,
    ENDS,
    SOLD,
    ndjson,
    revenue_lines,
    settle,
    sign,
    usage_line,
    usage_lines,
)
from tests.royalty.money_in import Paid
from tests.royalty.payees import open_month

RESULT = {
    "is_final": True,
    "uses": 40,
    "uses_left_out": 0,
    "gross": "40.00",
    "commission": "12.00",
    "pool": "28.00",
    "guarantee": "0.00",
    "returned": "0.00",
    "due": "28.00",
    "attributed_ppb": 1_000_000_000,
    "parts": [{"kind": "attributed", "amount": "28.00"}],
}


@pytest.fixture
def reported(world, tmp_path):
    """October, as the worked example has it."""
    for take, lines in (
        (intake.take_usage, usage_lines()),
        (intake.take_revenue, revenue_lines()),
    ):
        take(
            platform=world.platform,
            source=ndjson(tmp_path / take.__name__, lines),
            name=take.__name__,
        )
    return world


@pytest.fixture
def closed(reported):
    settle(reported)
    return reported


def period_of(caller, world):
    return caller.get(f"periods/{world.period.pk}").json()


def test_a_contract_says_what_was_agreed(acme, world):
    (contract,) = acme.get("contracts").json()["data"]
    assert (contract["code"], contract["service"]) == ("studio-2026", "studio")
    assert (contract["allocation_model"], contract["commission_ppm"]) == ("pro_rata", 300_000)
    assert (contract["guarantee"], contract["currency"]) == ("0.00", "EUR")
    assert contract["valid_until"] is None


def test_contracts_are_found_by_their_service(acme, world):
    sign(world.platform, code="club-2026", service="club")
    assert [row["code"] for row in acme.get("contracts").json()["data"]] == [
        "club-2026",
        "studio-2026",
    ]
    (found,) = acme.get("contracts", service="club").json()["data"]
    assert found["code"] == "club-2026"


def test_an_open_period_tells_what_came_in_until_now(acme, reported):
    period = period_of(acme, reported)
    assert (period["status"], period["result"], period["invoice"]) == ("open", None, None)
    assert period["reported"] == {
        "uses": 40,
        "pieces": 4,
        "revenue": [{"kind": "subscription", "amount": "40.00"}],
    }
    assert period["reports_until"] == "2026-11-15"


def test_a_corrected_use_counts_as_it_was_corrected(acme, reported, tmp_path):
    correction = usage_line(2, "U2", "G3", 3) | {"event_id": "right", "corrects": "use-2"}
    acme.post_json("usage", correction)
    assert period_of(acme, reported)["reported"]["uses"] == 13


def test_a_computed_period_has_a_result_that_is_not_final(acme, reported):
    periods.compute_period(period=reported.period, user=reported.ann, as_of=AFTER)
    result = period_of(acme, reported)["result"]
    assert result.pop("computed_at") == "2026-11-03T09:00:00Z"
    assert result == RESULT | {"is_final": False}


def test_a_closed_period_has_the_worked_examples_figures(acme, closed):
    period = period_of(acme, closed)
    assert (period["status"], period["closed_at"]) == ("closed", "2026-11-03T09:00:00Z")
    assert {name: period["result"][name] for name in RESULT} == RESULT
    assert period["restatements"] == []


def test_a_restatement_among_rights_holders_is_no_business_of_the_platform(acme, closed):
    november = open_month(closed)
    closed.tracks["T3"].work.shares.filter(party=closed.parties["A"]).delete()
    closed.tracks["T3"].work.shares.update(share_ppm=1_000_000)
    restate_period(period=closed.period, into=november, user=closed.ann, as_of=AFTER, **SOLD)
    assert period_of(acme, closed)["restatements"] == []
    assert period_of(acme, closed)["result"]["pool"] == "28.00"


def test_nothing_says_what_a_rights_holder_gets(acme, closed):
    for path in ("", "/account", "/entries"):
        told = acme.get(f"periods/{closed.period.pk}{path}").content.decode()
        assert "party" not in told
        assert "12.55" not in told


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["2026-11-01", "2026-10-01"]),
        ({"status": "open"}, ["2026-11-01"]),
        ({"status": "closed"}, ["2026-10-01"]),
        ({"status": "reviewed"}, []),
        ({"service": "studio", "from": "2026-11-01"}, ["2026-11-01"]),
        ({"until": "2026-11-01"}, ["2026-10-01"]),
        ({"from": "2026-10-31", "until": "2026-11-02"}, ["2026-11-01", "2026-10-01"]),
        ({"service": "club"}, []),
    ],
)
def test_periods_are_found_by_service_status_and_days(acme, closed, filters, found):
    open_month(closed)
    rows = acme.get("periods", **filters).json()["data"]
    assert [row["starts_on"] for row in rows] == found


@pytest.mark.parametrize(
    "filters",
    [{"status": "paid"}, {"from": "2026-13-01"}, {"until": "now"}, {"service": ""}, {"month": "1"}],
)
def test_a_filter_that_cannot_be_read_shows_nothing(acme, world, filters):
    problem(acme.get("periods", **filters), 400, "unknown-parameter")


def test_the_account_leads_from_what_was_owed_to_what_is_owed(acme, closed):
    account = acme.get(f"periods/{closed.period.pk}/account").json()
    assert account["opening"] == "0.00"
    assert account["moves"] == [
        {"kind": "revenue", "amount": "40.00"},
        {"kind": "commission", "amount": "-12.00"},
    ]
    assert (account["closing"], account["held"], account["is_final"]) == ("28.00", [], True)


def test_an_invoice_changes_nothing_but_its_vat_and_a_payment_what_is_owed(acme, closed):
    november = open_month(closed)
    money_in.billed(closed)
    invoice = money_in.issue(closed)
    money_in.receive(closed, Paid("10.00", reference=invoice.reference))
    account = acme.get(f"periods/{november.pk}/account").json()
    assert (account["opening"], account["is_final"]) == ("28.00", False)
    assert account["moves"] == [{"kind": "payment", "amount": "-10.00"}]
    assert account["closing"] == "18.00"


def test_held_money_is_told_beside_it(acme, world, tmp_path):
    world.run.attributions.filter(generation__external_id="G3").update(
        track_ids=[], share_ppb=[], low_ppb=[], high_ppb=[], unattributed_ppb=1_000_000_000
    )
    for take, lines in (
        (intake.take_usage, usage_lines()),
        (intake.take_revenue, revenue_lines()),
    ):
        path = ndjson(tmp_path / take.__name__, lines)
        take(platform=world.platform, source=path, name=path.name)
    settle(world)
    account = acme.get(f"periods/{world.period.pk}/account").json()
    assert account["held"] == [
        {"kind": "held_unattributed", "opening": "0.00", "closing": "21.00"}  # 30 of 40 uses
    ]
    assert account["closing"] == "28.00"
    assert period_of(acme, world)["result"]["attributed_ppb"] == 250_000_000


def test_entries_are_those_on_the_contracts_own_accounts_newest_first(acme, closed):
    rows = acme.get(f"periods/{closed.period.pk}/entries").json()["data"]
    told = [(row["journal_kind"], row["account"], row["side"], row["amount"]) for row in rows]
    assert sorted(told) == [
        ("allocation", "commission", "credit", "12.00"),
        ("allocation", "period_revenue", "debit", "40.00"),
        ("revenue", "period_revenue", "credit", "40.00"),
        ("revenue", "platform_receivable", "debit", "40.00"),
    ]
    assert [row["id"] for row in rows] == sorted((row["id"] for row in rows), reverse=True)


def test_entries_come_in_pages(acme, closed):
    first = acme.get(f"periods/{closed.period.pk}/entries", limit="3").json()
    assert len(first["data"]) == 3
    rest = acme.client.get(first["next"], headers=acme.headers()).json()
    assert len(rest["data"]) == 1
    assert rest["next"] is None


@pytest.mark.parametrize("path", ["", "/account", "/entries"])
def test_anothers_period_is_nothing(acme, bolt, closed, path):
    problem(bolt.get(f"periods/{closed.period.pk}{path}"), 404, "not-found")
    problem(acme.get(f"periods/{2**40}{path}"), 404, "not-found")


def test_other_platforms_contracts_and_periods_are_not_listed(bolt, closed):
    assert bolt.get("contracts").json()["data"] == []
    assert bolt.get("periods").json()["data"] == []


@pytest.mark.parametrize("path", ["contracts", "periods", "invoices"])
def test_money_needs_a_key_for_money(world, path):
    caller = caller_for(world.platform.organisation, Scope.READ, Scope.INGEST)
    assert "'money'" in problem(caller.get(path), 403, "forbidden")["detail"]


@pytest.mark.parametrize("path", ["contracts", "periods", "invoices"])
def test_a_rights_holder_has_none(orla, closed, path):
    problem(orla.get(path), 403, "forbidden")


def test_the_newest_run_counts(acme, reported):
    """Computed, opened again, reported more, computed again."""
    periods.compute_period(period=reported.period, user=reported.ann, as_of=AFTER)
    periods.reopen_period(period=reported.period)
    assert period_of(acme, reported)["result"] is None
    acme.post_json("usage", usage_line(9, "U3", "G1", 2))
    periods.compute_period(period=reported.period, user=reported.ann, as_of=AFTER)
    assert period_of(acme, reported)["result"]["uses"] == 42
    assert str(ENDS) == period_of(acme, reported)["ends_on"]
