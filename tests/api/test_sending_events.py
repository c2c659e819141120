"""A platform reports uses and revenue: one event or many, whole or not at all."""

import pytest

from royalty.models import IntakeFile, RevenueEvent, UsageEvent
from tests.api.conftest import problem
from tests.royalty.cast import revenue_line, revenue_lines, settle, usage_line, usage_lines

USE = usage_line(1, "U1", "G1", 3)


def test_one_use_is_counted(acme, world):
    response = acme.post_json("usage", USE)
    assert response.status_code == 201, response.content
    document = response.json()
    assert {key: document[key] for key in ("kind", "events", "new", "known")} == {
        "kind": "usage",
        "events": 1,
        "new": 1,
        "known": 0,
    }
    use = UsageEvent.objects.get()
    assert (use.platform, use.count, use.event_id) == (world.platform, 3, "use-1")


def test_one_payment_is_counted(acme):
    assert acme.post_json("revenue", revenue_line("U1", "9.99")).status_code == 201
    assert RevenueEvent.objects.get().amount_atoms == 999_000_000


def test_the_same_event_again_counts_once(acme, counts):
    acme.post_json("usage", USE)
    before = counts()
    again = acme.post_json("usage", USE)
    assert (again.status_code, again.json()["new"], again.json()["known"]) == (200, 0, 1)
    assert counts() == before


def test_a_known_event_among_new_ones_is_known(acme):
    acme.post_json("usage", USE)
    document = acme.post_lines("usage", [USE, usage_line(2, "U1", "G2", 1)]).json()
    assert (document["events"], document["new"], document["known"]) == (2, 1, 1)


def test_a_months_lines_make_the_books_that_a_file_makes(acme, world):
    assert acme.post_lines("usage", usage_lines()).json()["new"] == 5
    assert acme.post_lines("revenue", revenue_lines()).json()["new"] == 3
    period = settle(world)
    assert period.runs.latest("pk").gross_atoms == 4_000_000_000


def test_a_fault_in_one_event_is_pointed_at(acme, counts):
    before = counts()
    wrong = USE | {"count": 0, "generation": "", "used_at": "2026-10-03", "a/b~c": 1}
    document = problem(acme.post_json("usage", wrong), 422, "invalid")
    pointers = {error["pointer"] for error in document["errors"]}
    assert pointers == {"/count", "/generation", "/used_at", "/a~1b~0c"}
    assert "4 things are wrong; nothing was taken" in document["detail"]
    assert counts() == before


def test_an_empty_object_is_told_what_is_missing(acme):
    document = problem(acme.post_json("usage", {}), 422, "invalid")
    assert {error["pointer"] for error in document["errors"]} == {f"/{name}" for name in USE}


def test_no_body_at_all_is_told_so(acme):
    assert "empty" in problem(acme.post_json("usage", b""), 422, "invalid")["detail"]
    assert "empty" in problem(acme.post_lines("usage", []), 422, "invalid")["detail"]


def test_a_fault_in_a_line_is_named_and_nothing_is_taken(acme, counts):
    before = counts()
    lines = [USE, USE | {"event_id": "use-2", "count": -1}, "nonsense", USE | {"event_id": 4}]
    document = problem(acme.post_lines("usage", lines), 422, "invalid")
    places = [(error["line"], error.get("field", "")) for error in document["errors"]]
    assert places == [(2, "count"), (3, ""), (4, "event_id")]
    assert counts() == before


def test_of_many_faults_the_first_are_listed_and_all_are_counted(acme, counts):
    before = counts()
    document = problem(acme.post_lines("usage", ["nonsense"] * 250), 422, "invalid")
    assert len(document["errors"]) == 100
    assert document["detail"] == (
        "250 things are wrong; nothing was taken. The first 100 are listed."
    )
    assert counts() == before


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"generation": "nobody's"}, "generation", "register it first"),
        ({"service": "shop"}, "service", "no contract for 'shop'"),
        ({"used_at": "2019-10-03T12:00:00Z"}, "used_at", "is valid on 2019-10-03"),
        ({"subscriber": "\ud800"}, "subscriber", "not text"),
        ({"subscriber": {"deep": [[]]}}, "subscriber", "text in quotes"),
    ],
)
def test_an_event_that_fits_nothing_known_is_refused(acme, counts, change, field, words):
    before = counts()
    document = problem(acme.post_json("usage", USE | change), 422, "invalid")
    (error,) = document["errors"]
    assert error["pointer"] == f"/{field}"
    assert words in error["detail"] == document["detail"]
    assert counts() == before


def test_a_piece_of_another_platform_is_unknown(bolt, world):
    document = problem(bolt.post_json("usage", USE), 422, "invalid")
    assert document["errors"][0]["pointer"] == "/service"


def test_the_same_event_with_another_content_is_refused_and_says_where_it_came(acme, counts):
    first = acme.post_json("usage", USE)
    before = counts()
    document = problem(acme.post_json("usage", USE | {"count": 9}), 422, "invalid")
    assert f"in request {first['X-Request-ID']}" in document["detail"]
    assert counts() == before


def test_an_event_of_a_closed_period_is_refused(acme, world):
    acme.post_lines("usage", usage_lines())
    acme.post_lines("revenue", revenue_lines())
    settle(world)
    document = problem(acme.post_json("usage", USE | {"event_id": "late"}), 422, "invalid")
    assert "is closed; agree with the accountant" in document["detail"]


def test_many_lines_are_taken_from_a_file_rather_than_from_memory(acme):
    lines = [usage_line(number, "U1", "G1", 1) for number in range(12_000)]
    assert acme.post_lines("usage", lines).json()["new"] == 12_000
    assert IntakeFile.objects.get().line_count == 12_000


def test_many_events_come_as_csv_too(acme, world, counts):
    rows = [
        "event_id,service,generation,subscriber,used_at,count",
        "use-1,studio,G1,U1,2026-10-02T12:00:00Z,3",
    ]
    response = acme.send("usage", "\n".join(rows), "text/csv")
    assert response.json()["new"] == 1
    assert acme.post_json("usage", USE).json()["known"] == 1
    before = counts()
    wrong = acme.send("usage", "\n".join([*rows, "use-2,studio,G1,U1,now,3"]), "text/csv")
    (error,) = problem(wrong, 422, "invalid")["errors"]
    assert (error["line"], error["field"]) == (3, "used_at")
    assert counts() == before


def test_late_events_are_kept_where_the_sender_says_so(acme, world):
    acme.post_lines("usage", usage_lines())
    acme.post_lines("revenue", revenue_lines())
    settle(world)
    late = USE | {"event_id": "late"}
    assert "late" in problem(acme.post_json("usage?late=maybe", late), 422, "invalid")["detail"]
    assert acme.post_json("usage?late=true", late).json()["new"] == 1
    assert UsageEvent.objects.get(event_id="late").is_late
