"""A file with any fault changes nothing, and every fault says where it is and what to do."""

import io
import json
import re
from datetime import date

import pytest

from catalog.models import Platform
from royalty.models import IntakeFile, RevenueEvent, UsageEvent
from royalty.services import intake, periods
from royalty.services.intake import IntakeRefused, faults, source
from tests.royalty.cast import AFTER, revenue_line, settle, sign, usage_line

pytestmark = pytest.mark.django_db

USE = usage_line(1, "U1", "G1", 2)
FEE = revenue_line("U1", "10.00")
OUTPUT = {key: value for key, value in FEE.items() if key != "subscriber"} | {
    "kind": "output",
    "generation": "G1",
}


def refusal(take, world, kind, *lines) -> IntakeRefused:
    with pytest.raises(IntakeRefused) as caught:
        take(world, kind, list(lines))
    assert not IntakeFile.objects.exists()
    assert not UsageEvent.objects.exists()
    assert not RevenueEvent.objects.exists()
    return caught.value


def without(line: dict, field: str) -> dict:
    return {key: value for key, value in line.items() if key != field}


WRONG_USES = {
    "no JSON": ("not json", "", "This is not JSON"),
    "half an object": ('{"event_id": "x"', "", "This is not JSON"),
    "a list": ("[1, 2]", "", "one JSON object"),
    "a number": ("7", "", "one JSON object"),
    "null": ("null", "", "one JSON object"),
    "nested too deep": ("[" * 2000 + "]" * 2000, "", "one JSON object|nested too deep"),
    "a number without end": (json.dumps(USE)[:-2] + "9" * 3900 + "}", "count", ", not 99"),
    "a field twice": ('{"count": 1, "count": 2}', "", "'count' comes twice"),
    "too long": ('{"event_id": "' + "x" * 5000 + '"}', "", "longer than 4096 bytes"),
    "a missing field": (without(USE, "count"), "count", "It is missing"),
    "an extra field": (USE | {"tip": 1}, "tip", "not a field of this line"),
    "an empty id": (USE | {"event_id": ""}, "event_id", "It is empty"),
    "an id that is too long": (USE | {"event_id": "x" * 101}, "event_id", "101 characters; 100"),
    "NUL": (USE | {"event_id": "a\x00b"}, "event_id", "control character"),
    "half a character": (USE | {"subscriber": "\ud800"}, "subscriber", "not text"),
    "an id that is a number": (USE | {"event_id": 7}, "event_id", "a text in quotes, not 7"),
    "no uses": (USE | {"count": 0}, "count", "a whole number from 1"),
    "negative uses": (USE | {"count": -3}, "count", "a whole number from 1"),
    "half a use": (USE | {"count": 1.5}, "count", "not 1.5"),
    "uses as text": (USE | {"count": "3"}, "count", 'not "3"'),
    "true uses": (USE | {"count": True}, "count", "not true"),
    "too many uses": (USE | {"count": 10**10}, "count", "to 1,000,000,000"),
    "not a number": (json.dumps(USE).replace(": 2}", ": NaN}"), "count", "not NaN"),
    "a moment without a zone": (USE | {"used_at": "2026-10-03T12:00:00"}, "used_at", "time zone"),
    "a day only": (USE | {"used_at": "2026-10-03"}, "used_at", "a moment with a time zone"),
    "no such moment": (USE | {"used_at": "2026-02-30T12:00:00Z"}, "used_at", "a moment"),
    "before time began": (USE | {"used_at": "0001-01-01T00:00:00+23:00"}, "used_at", "a moment"),
    "a timestamp": (USE | {"used_at": 1790000000}, "used_at", "a moment"),
    "an unknown service": (USE | {"service": "gym"}, "service", "'gym'; .* for: studio"),
    "before the contract": (USE | {"used_at": "2025-12-31T23:59:59Z"}, "used_at", "on 2025-12-31"),
    "before it in UTC": (USE | {"used_at": "2026-01-01T00:30:00+02:00"}, "used_at", "2025-12-31"),
    "an unknown piece": (USE | {"generation": "G99"}, "generation", "is no piece that acme"),
}  # fmt: skip

WRONG_REVENUE = {
    "a float": (FEE | {"amount": 9.99}, "amount", "a text in quotes, not 9.99"),
    "nothing": (FEE | {"amount": "0.00"}, "amount", "above 0"),
    "negative": (FEE | {"amount": "-5.00"}, "amount", "above 0.*sent again with `corrects`"),
    "too fine": (FEE | {"amount": "9.999"}, "amount", "more decimals than EUR"),
    "too much": (FEE | {"amount": "1000000000.01"}, "amount", "at most 1,000,000,000"),
    "beyond all": (FEE | {"amount": "999999999999999"}, "amount", "at most"),
    "a comma": (FEE | {"amount": "9,99"}, "amount", "is not an amount"),
    "an exponent": (FEE | {"amount": "1e3"}, "amount", "is not an amount"),
    "other digits": (FEE | {"amount": "\u0661\u0660"}, "amount", "above 0|is not an amount"),
    "another currency": (FEE | {"currency": "USD"}, "currency", "no rate from USD to EUR for"),
    "no currency at all": (FEE | {"currency": "XXX"}, "currency", "'XXX' is not a currency"),
    "an unknown kind": (FEE | {"kind": "gift"}, "kind", "subscription or output"),
    "a kind of another contract": (OUTPUT, "kind", "takes subscription revenue, not output"),
    "a subscription for a piece": (FEE | {"generation": "G1"}, "generation", "not a field"),
    "no subscriber": (without(FEE, "subscriber"), "subscriber", "It is missing"),
    "no such day": (FEE | {"earned_on": "2026-02-30"}, "earned_on", "a day like"),
    "a week": (FEE | {"earned_on": "2026-W40-1"}, "earned_on", "a day like"),
    "before the contract": (FEE | {"earned_on": "2025-12-31"}, "earned_on", "valid on 2025-12-31"),
    "an unknown service": (FEE | {"service": "gym"}, "service", "no contract for 'gym'"),
}  # fmt: skip


def checked(refused: IntakeRefused, line: int, field: str, words: str) -> None:
    found = [fault for fault in refused.faults if (fault.line, fault.field) == (line, field)]
    assert found, refused.faults
    assert any(re.search(words, fault.message) for fault in found), found


@pytest.mark.parametrize("name", WRONG_USES)
def test_a_use_that_is_wrong_is_refused_with_its_line_and_field(world, take, name):
    line, field, words = WRONG_USES[name]
    good = usage_line(2, "U2", "G3", 1)
    checked(refusal(take, world, "usage", good, line), 2, field, words)


@pytest.mark.parametrize("name", WRONG_REVENUE)
def test_revenue_that_is_wrong_is_refused_with_its_line_and_field(world, take, name):
    line, field, words = WRONG_REVENUE[name]
    good = revenue_line("U2", "10.00")
    checked(refusal(take, world, "revenue", good, line), 2, field, words)


def test_every_fault_of_a_file_is_told_at_once(world, take):
    wrong = USE | {"count": 0, "used_at": "yesterday"}
    refused = refusal(take, world, "usage", wrong, "{", without(USE, "service"))
    assert [(fault.line, fault.field) for fault in refused.faults] == [
        (1, "count"),
        (1, "used_at"),
        (2, ""),
        (3, "service"),
    ]


@pytest.mark.parametrize("fault", ["bad count", "unknown piece"])
def test_of_many_faults_the_first_are_listed_and_all_are_counted(world, take, fault):
    change = {"count": 0} if fault == "bad count" else {"generation": "G99"}
    lines = [usage_line(n, "U1", "G1", 1) | change for n in range(faults.LISTED + 50)]
    refused = refusal(take, world, "usage", *lines)
    assert len(refused.faults) == faults.LISTED
    assert refused.total == faults.LISTED + 50
    assert "(and " in str(refused)


def test_an_id_twice_in_a_file_with_another_content_is_refused(world, take):
    refused = refusal(take, world, "usage", USE, USE, USE | {"count": 3})
    (fault,) = refused.faults
    assert (fault.line, fault.field) == (3, "event_id")
    assert "is on line 1 with another content" in fault.message


@pytest.mark.parametrize("change", [{"count": 3}, {"generation": "G2"}, {"subscriber": "U2"},
                                    {"used_at": "2026-10-03T12:00:00Z"}])  # fmt: skip
def test_a_known_id_with_another_content_is_refused(world, take, change):
    take(world, "usage", [USE], "first.ndjson")
    with pytest.raises(IntakeRefused, match=r"came with another content in first\.ndjson"):
        take(world, "usage", [USE | change], "second.ndjson")
    assert UsageEvent.objects.get().count == 2


@pytest.mark.parametrize("content", [b"", b"\n\n  \n"])
def test_an_empty_file_is_refused(world, content):
    with pytest.raises(IntakeRefused, match="send at least one"):
        intake.take_usage(platform=world.platform, source=io.BytesIO(content), name="empty")


def test_bytes_that_are_no_text_are_refused(world):
    with pytest.raises(IntakeRefused, match="not UTF-8"):
        intake.take_usage(platform=world.platform, source=io.BytesIO(b"\xff\xfe{}\n"), name="x")


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(world, monkeypatch):
    monkeypatch.setattr(source, "MAX_FILE_BYTES", 3 * 1024**2)

    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            return b"x" * size

    with pytest.raises(IntakeRefused, match="larger than 3 MiB"):
        intake.take_usage(platform=world.platform, source=Endless(), name="endless")


def test_a_file_that_is_not_there_is_refused(world, tmp_path):
    with pytest.raises(IntakeRefused, match="cannot be read: No such file"):
        intake.take_usage(platform=world.platform, source=tmp_path / "none", name="none")


def test_pieces_of_another_platform_are_unknown(world, take):
    rival = Platform.objects.create(code="rival", name="Rival")
    sign(rival, code="rival-2026")
    world.platform = rival
    checked(refusal(take, world, "usage", USE), 1, "generation", "no piece that rival")


@pytest.mark.parametrize("status", ["computed", "reviewed", "closed"])
def test_events_for_a_period_that_is_not_open_are_refused_with_a_remedy(reported, take, status):
    steps = {
        "computed": lambda: periods.compute_period(
            period=reported.period, user=reported.ann, as_of=AFTER
        ),
        "reviewed": lambda: periods.review_period(
            period=reported.period, user=reported.ben, as_of=AFTER
        ),
        "closed": lambda: periods.close_period(
            period=reported.period, user=reported.ann, as_of=AFTER
        ),
    }
    for name, step in steps.items():
        step()
        if name == status:
            break
    late = usage_line(77, "U1", "G1", 1)
    remedy = "in an open period" if status == "closed" else "opened again"
    with pytest.raises(IntakeRefused, match=f"line 1: The period from .* is {status}; .*{remedy}"):
        take(reported, "usage", [late], "late.ndjson")
    with pytest.raises(IntakeRefused, match=f"is {status}"):
        take(reported, "revenue", [revenue_line("U9", "1.00")], "late-money.ndjson")


def test_events_repeated_from_a_closed_period_are_harmless(reported, take):
    settle(reported)
    november = usage_line(88, "U1", "G1", 1) | {"used_at": "2026-11-02T08:00:00Z"}
    report = take(reported, "usage", [usage_line(0, "U1", "G1", 2), november], "all.ndjson")
    assert (report.new_count, report.known_count) == (1, 1)


def test_a_contract_that_ended_takes_nothing_from_its_last_day_on(world, take):
    contract = world.contract
    type(contract).objects.filter(pk=contract.pk).update(valid_until=date(2026, 10, 20))
    last = usage_line(1, "U1", "G1", 1) | {"used_at": "2026-10-19T23:59:59Z"}
    first = usage_line(2, "U1", "G1", 1) | {"used_at": "2026-10-20T00:00:00Z"}
    checked(refusal(take, world, "usage", last, first), 2, "used_at", "valid on 2026-10-20")
