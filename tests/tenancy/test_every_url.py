"""Every address is walked with another tenant's ids: it answers as if there were no such thing."""

import re
from functools import partial

import pytest
from django.urls import reverse

from royalty.models import Statement
from tests.tenancy.cast import HOLDERS, PLATFORMS
from tests.tenancy.named import (
    ACTIONS,
    BY_SECRET,
    CLAIMS,
    CONSOLE,
    FOR_ONESELF,
    INVOICE_PAGES,
    INVOICED,
    MONEY,
    OPEN,
    PAGES,
    PRESSED,
    RECORDINGS,
    RESOURCES,
    SANDBOX,
    SENT,
)
from tests.tenancy.walk import (
    METHODS,
    addresses,
    catalogue_pages,
    claims_of_cai,
    console_of_acme,
    everybody_but,
    files,  # noqa: F401 fixture
    money_of_bea,
    of,
    own_line,
    pages_of_ada,
    person,
    program,
    resources_of_acme,
    resources_of_bolt,
    stranger,
)

pytestmark = pytest.mark.usefixtures("undone", "files")

PARTIES = ("Party A", "Party B", "Party C", "Party D")
# Words that only stand in what is somebody else's.
FOREIGN = {
    "ada": ("Party B", "Party D", "Song T2", "Song T4", "Bolt Audio"),
    "bea": ("Party A", "Party D", "Song T1", "Song T3"),
    "cai": ("Party D", "Song T1", "Song T2"),
    "dora": ("Party A", "Party B", "Party C", "Song T2", "Song T3", "Song T4", "Bolt Audio"),
    "acme": (*PARTIES, "Song T4", "Bolt Audio", '"H1"'),
    "bolt": (*PARTIES, "Song T3", "Acme Music AI", '"G1"'),
}


def test_no_address_is_forgotten():
    known = (
        OPEN
        | BY_SECRET
        | FOR_ONESELF
        | PAGES
        | CONSOLE
        | RESOURCES
        | INVOICED
        | INVOICE_PAGES
        | RECORDINGS
        | SANDBOX
        | set(CLAIMS)
        | MONEY
    )
    outside_admin = {each.name for each in addresses() if not each.route.startswith("admin/")}
    assert outside_admin - {each.name for each in catalogue_pages()} == known


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_of_somebody_elses_is_a_page_of_nothing(town, name):
    for mine, nothing in pages_of_ada(town)[name]:
        theirs, nowhere = (reverse(name, kwargs=kwargs) for kwargs in (mine, nothing))
        assert person("ada").ask("GET", theirs).status_code == 200
        others = everybody_but("ada", *(["dora"] if name == "work" else []))
        told = nothing_is_told(person, others, theirs, nowhere)
        assert {told[other, "GET"] for other in others} == {404}
        assert set(told.values()) <= {404, 405}


@pytest.mark.parametrize("name", sorted(RESOURCES | INVOICED))
def test_a_resource_of_somebody_elses_is_a_resource_of_nothing(town, name):
    owner = "bolt" if name in INVOICED else "acme"
    for mine, nothing in (resources_of_acme(town) | resources_of_bolt(town))[name]:
        theirs, nowhere = (reverse(name, kwargs=kwargs) for kwargs in (mine, nothing))
        asked = ACTIONS.get(name, "GET")
        assert program(town, owner).ask(asked, theirs).status_code in {200, 201, 202, 411, 422}
        others = everybody_but(owner)
        told = nothing_is_told(partial(program, town), others, theirs, nowhere, asked)
        assert max(told.values()) < 500
        for other in others:
            allowed = {404} if other in PLATFORMS else {403, 404}  # not for rights holders at all
            assert told[other, asked] in allowed


@pytest.mark.parametrize("name", sorted(CONSOLE))
def test_a_page_of_another_platforms_is_a_page_of_nothing(town, name):
    for mine, nothing in console_of_acme(town)[name]:
        theirs, nowhere = (reverse(name, kwargs=kwargs) for kwargs in (mine, nothing))
        asked = "POST" if name in PRESSED else "GET"
        assert person("acme").ask(asked, theirs).status_code in {200, 302}
        others = everybody_but("acme")
        told = nothing_is_told(person, others, theirs, nowhere, asked)
        assert {told[other, asked] for other in others} == {404}
        assert set(told.values()) <= {404, 405}


@pytest.mark.parametrize("name", sorted(CLAIMS))
def test_a_claim_of_somebody_elses_is_a_claim_of_nothing(town, name):
    for mine, nothing in claims_of_cai(town)[name]:
        theirs, nowhere = (reverse(name, kwargs=kwargs) for kwargs in (mine, nothing))
        asked = "POST" if name.endswith("-action") else "GET"
        for side in ("cai", *CLAIMS[name]):
            assert person(side).ask(asked, theirs).status_code in {200, 302}
        others = everybody_but("cai", *CLAIMS[name])
        told = nothing_is_told(person, others, theirs, nowhere, asked)
        assert set(told.values()) <= {404, 405}


@pytest.mark.parametrize("name", sorted(MONEY))
def test_money_of_somebody_elses_is_money_of_nobody(town, name):
    for mine, nothing in money_of_bea(town)[name]:
        theirs, nowhere = (reverse(name, kwargs=kwargs) for kwargs in (mine, nothing))
        asked = "POST" if name in SENT else "GET"
        assert person("bea").ask(asked, theirs).status_code in {200, 302}
        told = nothing_is_told(person, everybody_but("bea"), theirs, nowhere, asked)
        assert set(told.values()) <= {404, 405}


def nothing_is_told(visit, others, theirs, nowhere, asked="GET") -> dict[tuple[str, str], int]:
    """Others hear of a thing what they hear of nothing; returns the statuses.

    One platform and one rights holder try every method. The rest, whom the same guard stops, try
    only the one that the thing is for.
    """
    thorough = {next(each for each in others if each in kind) for kind in (PLATFORMS, HOLDERS)}
    told = {}
    for other in others:
        visitor = visit(other)
        for method in METHODS if other in thorough else (asked,):
            answer, same = visitor.ask(method, theirs), visitor.ask(method, nowhere)
            assert (answer.status_code, words(answer)) == (same.status_code, words(same))
            told[other, method] = answer.status_code
    return told


def words(response) -> str:
    """What is said, without what differs from one request to the next or repeats the address."""
    text = response.content.decode() if not response.streaming else ""
    ids = (r"[0-9a-f]{8}-[0-9a-f-]{27}", "evt_[0-9a-f]{32}", r"/(tracks|works)/[\w:]+")
    for changing in (
        *ids,
        r"/(statements|works|periods|payments|payment-details|invoices|models|model-versions|keys)/\d+",
    ):
        text = re.sub(changing, "", text)
    return re.sub(r'(csrfmiddlewaretoken" value|"X-CSRFToken"|request_id|nonce)[^,>]*', "", text)


def test_of_a_statement_only_its_own_lines_can_be_opened(town):
    """A line is named by its row in the run of all payees."""
    opened = {}
    for name in ("ada", "bea", "cai"):
        statement, visitor = of(town, name, "royalty.Statement"), person(name)
        for address in ("line", "evidence"):
            paths = [reverse(address, kwargs={"pk": statement.pk, "row": n}) for n in range(30)]
            answers = [visitor.ask("GET", path).status_code for path in paths]
            assert set(answers) == {200, 404}
            opened[name, address] = {row for row, status in enumerate(answers) if status == 200}
    for address in ("line", "evidence"):
        rows = [opened[name, address] for name in ("ada", "bea", "cai")]
        assert sum(map(len, rows)) == len(set().union(*rows)), "no row is two payees'"


@pytest.mark.parametrize(
    "name", sorted(PAGES | CONSOLE | FOR_ONESELF | RESOURCES | INVOICED | set(CLAIMS) | MONEY)
)
def test_who_is_nobody_is_asked_who_they_are(town, name):
    things = (
        console_of_acme(town)
        | claims_of_cai(town)
        | pages_of_ada(town)
        | money_of_bea(town)
        | resources_of_acme(town)
        | resources_of_bolt(town)
    )
    for mine, nothing in things.get(name, [({}, {})]):
        for kwargs in (mine, nothing):
            for method in ("GET", "POST"):
                answer = stranger().ask(method, reverse(name, kwargs=kwargs))
                if name.startswith("api:"):
                    assert answer.status_code in {401, 405}
                    assert answer["Content-Type"] == "application/problem+json"
                else:
                    assert answer.status_code in {302, 405}
                    assert answer.status_code == 405 or answer.url.startswith("/sign-in/?next=")


@pytest.mark.parametrize("name", [*PLATFORMS, *HOLDERS])
@pytest.mark.parametrize("address", sorted(FOR_ONESELF))
def test_what_one_sees_for_oneself_names_nothing_of_others(town, address, name):
    visitor = program(town, name) if address.startswith("api:") else person(name)
    answer = visitor.ask("GET", reverse(address))
    assert answer.status_code in {200, 302, 403, 405}
    said = answer.content.decode()
    assert [word for word in FOREIGN[name] if word in said] == []


@pytest.mark.parametrize("name", sorted(HOLDERS))
def test_what_stands_on_ones_own_statement_names_nothing_of_others(town, name):
    visitor = person(name)
    for statement in Statement.objects.filter(party__ref=HOLDERS[name]):
        row = own_line(visitor, statement)
        for address in ("statement", "line", "evidence"):
            kwargs = {"pk": statement.pk} | ({} if address == "statement" else {"row": row})
            said = visitor.ask("GET", reverse(address, kwargs=kwargs)).content.decode()
            assert [word for word in FOREIGN[name] if word in said] == []


@pytest.mark.parametrize("name", sorted(OPEN))
def test_what_is_open_names_nobody(town, name):
    arguments = {"problem-kind": ["not-found"], "notices-off": ["made-up"]}
    answer = stranger().ask("GET", reverse(name, args=arguments.get(name, [])))
    assert answer.status_code in {200, 302, 404, 405}
    assert not re.search(r"Party [A-D]|Song T\d|Bolt Audio", answer.content.decode())
