"""Every address is walked with another tenant's ids: it answers as if there were no such thing."""

import re
from collections.abc import Iterator
from functools import partial

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.test import override_settings
from django.urls import reverse

from accounts.models import User
from royalty.models import Statement
from tests.tenancy.cast import HOLDERS, PLATFORMS
from tests.tenancy.walk import (
    NO_ID,
    Address,
    addresses,
    claims_of_cai,
    console_of_acme,
    everybody_but,
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

# The console of a platform's people, and what of it is only posted to.
CONSOLE = {"webhook", "webhook-secret", "webhook-action", "webhook-delivery"}
CONSOLE |= {"key", "rotate-key", "revoke-key", "request", "generation"}
CONSOLE |= {"sent-file", "sent-file-result"}
CONSOLE |= {"engineer:model", "engineer:training-set", "engineer:training-set-file"}
CONSOLE |= {"engineer:run", "engineer:retry", "account-period"}
PRESSED = {"webhook-secret", "webhook-action", "rotate-key", "revoke-key", "engineer:retry"}
# Claims and conflicts: who sees them beside the one who filed them, and what is only posted to.
CLAIMS = {
    "claim": set(),
    "claim-action": set(),
    "claim-file": {"ada"},
    "conflict": {"ada"},
    "conflict-action": {"ada"},
}
# The same for everybody: nobody's data is on them.
OPEN = {
    "unclaimed",
    "notices-off",
    "sign-in",
    "account_login",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "password-forgotten",
    "sign-out",
    "appearance",
    "language",
    "problem-kinds",
    "problem-kind",
    "api-reference",
    "api:schema",
    "api:schema-json",
    "api:health",
}
# For whoever has signed in or sent a key; no id stands in them.
FOR_ONESELF = {
    "home",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "security",
    "mfa_index",
    "mfa_list_webauthn",
    "password-change",
    "address",
    "end-sessions",
    "mfa_activate_totp",
    "mfa_generate_recovery_codes",
    "mfa_add_webauthn",
    "activity",
    "activity-csv",
    "team",
    "invite",
    "delegate",
    "invite-party",
    "statements",
    "statement-roots",
    "statement-verifier",
    "claims",
    "new-claim",
    "works",
    "balance",
    "balance-csv",
    "payment-details",
    "disputes",
    "verify-statement",
    "design",
    "export",
    "ask-export",
    "notices",
    "notices-read",
    "notices-choices",
    "consent",
    "consent-confirm",
    "consent-say",
    "consent-history",
    "consent-statement",
    "webhooks",
    "act-for",
    "keys",
    "requests",
    "generations",
    "usage",
    "platform-account",
    "quick-start",
    "sandbox",
    "engineer:models",
    "engineer:runs",
    "engineer:compare",
    "api:model-versions",
    "api:uploads",
    "api:tracks",
    "api:consents",
    "api:consents-check",
    "api:consent-statements",
    "api:catalogue-deliveries",
    "api:generations",
    "api:generation-batch",
    "api:key",
    "api:key-rotate",
    "api:requests",
    "api:usage",
    "api:usage-files",
    "api:revenue",
    "api:webhook-endpoints",
    "api:webhook-events",
    "api:revenue-files",
    "api:intake-files",
    "api:jobs",
    "api:contracts",
    "api:periods",
    "api:invoices",
    "api:challenges",
    "api:lots",
}
# Found by a secret in the address, or by whose person or passkey it is (tests/people).
BY_SECRET = {"password-new", "address-confirm", "mfa_edit_webauthn", "mfa_remove_webauthn"}
BY_SECRET |= {"mfa_deactivate_totp", "mfa_view_recovery_codes"}  # nothing there without one
BY_SECRET |= {"invitation", "invitation-again", "invitation-revoke", "member-role"}
BY_SECRET |= {"member-remove", "delegation-end", "delegation-act"}
PAGES = {"statement", "statement-document", "line", "evidence", "work"}
# What Bea's people see of her money, and what of it is only posted to.
MONEY = {"payout", "payout-document", "notice", "bank-details", "tax-details"}
MONEY |= {"take-back-details", "dispute", "dispute-action", "dispute-file", "new-dispute"}
MONEY |= {"export-file"}
SENT = {"take-back-details", "dispute-action"}
# Only posted to.
ACTIONS = dict.fromkeys(
    [
        "api:webhook-rotate",
        "api:webhook-test",
        "api:webhook-replay",
        "api:webhook-redeliver",
        "api:features",
        "api:upload-complete",
        "api:challenge-answer",
        "api:catalogue-delivery-approve",
    ],
    "POST",
) | {"api:upload-part": "PUT"}
RESOURCES = set(ACTIONS) | {
    "api:webhook-endpoint",
    "api:webhook-secret",
    "api:webhook-deliveries",
    "api:webhook-delivery",
    "api:webhook-event",
    "api:request",
    "api:model-version",
    "api:checkpoints",
    "api:training-set",
    "api:training-set-members",
    "api:training-set-exclusions",
    "api:training-set-summary",
    "api:catalogue-delivery",
    "api:catalogue-delivery-rows",
    "api:catalogue-delivery-report",
    "api:track",
    "api:work",
    "api:generation",
    "api:generation-features",
    "api:feature-stores",
    "api:attribution",
    "api:verification",
    "api:challenge",
    "api:upload",
    "api:job",
    "api:intake-file",
    "api:intake-file-result",
    "api:period",
    "api:account",
    "api:entries",
}
# In a sandbox alone, so there is nothing here (tests/sandbox).
SANDBOX = {"api:sandbox-clock", "api:sandbox-statements", "api:sandbox-document"}
INVOICED = {"api:invoice", "api:invoice-document"}
INVOICE_PAGES = {
    "platform-invoice",
    "platform-invoice-file",
}  # tests/portal/test_platform_account.py
RECORDINGS = {"evidence-file", "evidence-spectrogram"}  # tests/evidence/test_recordings.py
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
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


@pytest.fixture
def files(town):
    """The town's own storage, where its snapshots are, with the documents of all statements."""
    with override_settings(STORAGES=town.storages):
        yield default_storage


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


def catalogue_pages() -> list[Address]:
    """The operator's pages about the catalogue, and those of its accountants."""
    return [each for each in addresses() if each.name.startswith(("catalogue:", "accountant:"))]


def catalogue_paths() -> Iterator[tuple[str, set[int]]]:
    """A path of each, with the answers to others, who must not learn whether one thing exists.

    Ids are those of things that exist, if any do: the guard comes before any look.
    """
    assert {each.name for each in catalogue_pages()} >= {"catalogue:browse"}
    for address in catalogue_pages():
        path = "/" + re.sub(r"<\w+:\w+>", "1", re.sub(r"<uuid:\w+>", str(NO_ID), address.route))
        yield path, {404, 405} if "<" in address.route else {403, 405}


@pytest.mark.parametrize("name", ["acme", "ada"])  # one of each kind, which is all the guard asks
def test_the_catalogue_is_the_operators_alone(town, name):
    visitor = person(name)
    for path, refusals in catalogue_paths():
        for method in METHODS:
            assert visitor.ask(method, path).status_code in refusals, path


def test_who_is_not_signed_in_is_led_away_from_the_catalogue(town):
    nobody = stranger()
    for path, _ in catalogue_paths():
        for method in METHODS:
            assert nobody.ask(method, path).status_code in {302, 405}, path


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


def admin_paths() -> list[str]:
    """Every page of the admin, about a row that exists."""
    return [f"/{filled(each)}" for each in addresses() if each.route.startswith("admin/")]


def filled(address: Address) -> str:
    model = re.match(r"admin/(\w+)/(\w+)/", address.route)
    known = model and apps.all_models[model[1]].get(model[2])
    row = known.objects.first() if known else None
    text = re.sub(r"<(path:object_id|int:pk|id)>", str(row.pk if row else 1), address.route)
    text = re.sub(r"<path:(content_type_id|object_id)>", "1", text)
    text = re.sub(r"\^?\(\?P<app_label>(\w+)[^)]*\)/\$", r"\1/", text)
    return re.sub(r"\(\?P<url>\.\*\)\$", "anything/", text)


def test_the_admin_is_the_operators_alone(town):
    forgotten = User.objects.get(email="ada@example.org")
    forgotten.is_staff = forgotten.is_superuser = True
    forgotten.save()
    paths = admin_paths()
    assert len(paths) > 100
    assert not [path for path in paths if re.search(r"[<>^$()]", path)]
    for visitor in (stranger(), person("ada"), person("acme")):
        answers = {path: visitor.ask("GET", path) for path in paths}
        shown = {path: answer.status_code for path, answer in answers.items()}
        assert {path for path, status in shown.items() if status not in {302, 404}} == set()
        for answer in answers.values():
            assert answer.status_code == 404 or re.match(r"/(sign-in|admin)/", answer.url)
