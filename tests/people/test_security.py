"""Passwords, addresses, second factors, sessions: what gets in, and what does not."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.db import DatabaseError
from django.test import Client

from accounts.audit import network_of
from accounts.models import AuditEvent, User
from accounts.notices.models import Notice
from tests.people.conftest import link_in
from tests.portal.people import PASSWORD, text
from tests.royalty.attacker import execute

pytestmark = pytest.mark.django_db
NEW = "a rather long password"
TWICE = {"new_password1": NEW, "new_password2": NEW}
ADA = {"username": "ada@example.org", "password": PASSWORD}


def signed_in() -> Client:
    client = Client()
    assert client.post("/sign-in/", ADA).status_code == 302
    return client


def grow_stale(client: Client) -> None:
    """As if the last proof were long ago."""
    session = client.session
    for proof in session["account_authentication_methods"]:
        proof["at"] = time.time() - 3600
    session.save()


def code_of(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def add_app(client: Client) -> tuple[str, list[str]]:
    """Sets an authenticator app up; returns its secret and the recovery codes."""
    page = client.get("/security/app/").content.decode()
    secret = re.search(r'<code class="unbroken">(\w+)</code>', page)[1]
    shown = client.post("/security/app/", {"code": code_of(secret)}, follow=True)
    return secret, re.findall(r"<li><code>(\w+)</code>", shown.content.decode())


def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(cast, post):
    other = signed_in()
    answer = Client().post("/password/forgotten/", {"email": "ADA@example.org"})
    unknown = Client().post("/password/forgotten/", {"email": "nobody@example.org"})
    assert text(answer) == text(unknown), "whether an address is known is not told"
    link, client = link_in(post()), Client()
    form = client.get(link).url
    assert client.post(form, TWICE).url == "/sign-in/"
    assert client.get(link).status_code == 200, "the link is used: a page says so"
    assert "does not work any more" in text(client.get(link))
    assert other.get("/").status_code == 302, "whoever was signed in is out"
    assert Client().post("/sign-in/", ADA | {"password": NEW}).status_code == 302
    assert Client().post("/sign-in/", ADA).status_code == 200
    assert "your password was changed" in post()


def test_a_strangers_address_gets_no_e_mail(cast, post):
    Client().post("/password/forgotten/", {"email": "nobody@example.org"})
    assert post() == ""


def test_a_changed_password_signs_out_elsewhere_and_not_here(cast, post):
    here, there = signed_in(), signed_in()
    wrong = {"old_password": "wrong", **TWICE}
    assert here.post("/security/password/", wrong).status_code == 200
    assert here.post("/security/password/", {"old_password": PASSWORD, **TWICE}).status_code == 302
    assert (here.get("/").status_code, there.get("/").status_code) == (200, 302)
    notice = Notice.objects.get()
    assert (notice.sentence, notice.mail) == ("Your password was changed.", "unwanted")
    assert notice.user.email == "ada@example.org"
    post()
    assert [each.subject for each in mail.outbox] == ["How you sign in was changed"], "one mail"


def test_a_new_address_counts_once_its_e_mail_is_answered_and_only_by_who_asked(cast, post):
    cast.ada.post("/security/address/", {"email": "ada@new.example"})
    link = link_in(post())
    assert "does not work" in text(cast.bea.post(link))
    assert cast.ada.post(link).url == "/security/"
    assert User.objects.filter(email="ada@new.example").exists()
    assert "does not work" in text(cast.ada.post(link)), "it works once"


def test_an_address_that_is_somebodys_gets_no_e_mail_and_is_not_told(cast, post):
    answer = cast.ada.post("/security/address/", {"email": "bea@example.org"}, follow=True)
    assert "on its way" in text(answer)
    assert post() == ""


def test_with_an_app_the_password_alone_lets_nobody_in(
    cast, post, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        secret, codes = add_app(cast.ada)
    assert len(codes) == 10
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept, "it is sealed"
    assert not any(code in cast.ada.get("/security/codes/").content.decode() for code in codes)
    client = Client()
    assert client.post("/sign-in/", ADA | {"next": "/team/"}).url == "/sign-in/code/"
    assert client.get("/team/").status_code == 302
    assert client.post("/sign-in/code/", {"code": "000000"}).status_code == 200
    assert client.post("/sign-in/code/", {"code": codes[0]}).url == "/team/"
    assert client.get("/team/").status_code == 200
    again = Client()
    again.post("/sign-in/", ADA)
    assert again.post("/sign-in/code/", {"code": codes[0]}).status_code == 200, "a code, once"
    post()
    told = " ".join(each.body for each in mail.outbox)
    assert "an authenticator app was added" in told
    assert AuditEvent.objects.filter(act="security.app_added", organisation=cast.adas).exists()


def test_what_matters_asks_for_a_fresh_proof_and_the_form_comes_back(cast):
    grow_stale(cast.ada)
    sent = {"email": "nora@example.org", "role": "manager", "password": "hunter2"}
    origin = {"referer": "http://testserver/team/"}
    asked = cast.ada.post("/team/invite/", sent, headers=origin)
    assert asked.url == "/confirm/?next=%2Fteam%2F"
    assert b"hunter2" not in str(dict(cast.ada.session)).encode()
    assert cast.ada.post(asked.url, {"password": "wrong"}).status_code == 200
    assert cast.ada.post(asked.url, {"password": PASSWORD}).url == "/team/"
    page = cast.ada.get("/team/").content.decode()
    assert 'value="nora@example.org"' in page
    assert '<option value="manager" selected>' in page
    assert "send it once more" in page
    assert 'value="nora@example.org"' not in cast.ada.get("/team/").content.decode(), "once"


def test_a_session_that_ends_in_mid_form_loses_no_input_but_to_others(cast):
    for who, email, comes_back in (
        ("ada", "ada", True),
        ("bea", "bea", True),
        ("ada", "bea", False),
    ):
        client = Client()
        client.post("/sign-in/", ADA | {"username": f"{who}@example.org"})
        client.get("/team/")
        del client.cookies["sessionid"]
        sent = {"email": "<nora>@example.org", "role": "owner"}
        origin = {"referer": "http://testserver/team/"}
        led = client.post("/team/invite/", sent, headers=origin)
        assert led.url == "/sign-in/?next=%2Fteam%2F"
        form = ADA | {"username": f"{email}@example.org", "next": "/team/"}
        page = client.post("/sign-in/", form, follow=True).content.decode()
        assert ("&lt;nora&gt;@example.org" in page) == comes_back


def test_the_other_sessions_are_signed_out(cast):
    here, there = signed_in(), signed_in()
    assert "this one" in text(here.get("/security/"))
    here.post("/security/sessions/")
    assert (here.get("/").status_code, there.get("/").status_code) == (200, 302)


def test_operators_may_have_to_have_a_second_factor(cast, settings):
    from tests.people.conftest import KINDS, Organisation

    oda = cast.join("oda@example.org", Organisation.objects.create(name="O", kind=KINDS.OPERATOR))
    settings.OPERATORS_NEED_SECOND_FACTOR = True
    assert oda.get("/").url == "/security/"
    assert oda.get("/admin/").url == "/security/"
    assert cast.ada.get("/").status_code == 200, "others may do without"
    add_app(oda)
    assert oda.get("/").status_code == 200


def test_nobody_signs_up(db):
    for path in ("/sign-up/", "/signup/", "/accounts/signup/"):
        assert Client().get(path).status_code == 404


def test_another_persons_passkey_is_not_there(cast):
    bea = User.objects.get(email="bea@example.org")
    theirs = Authenticator.objects.create(
        user=bea, type="webauthn", data={"name": "Bea's", "credential": {}}
    )
    for act in ("name", "remove"):
        path = f"/security/passkeys/{theirs.pk}/{act}/"
        assert cast.ada.post(path, {"name": "mine"}).status_code == 404
    assert Authenticator.objects.filter(pk=theirs.pk).exists()


@pytest.mark.parametrize("attack", ["UPDATE {} SET about = ''", "DELETE FROM {}"])
def test_the_log_is_only_added_to(cast, attack):
    AuditEvent.objects.create(act="key.made", organisation=cast.adas)
    with pytest.raises(DatabaseError, match=r"permission denied|append-only"):
        execute(attack.format("accounts_auditevent"))


def test_the_log_names_networks_and_no_addresses_and_no_formulas(cast):
    assert network_of("203.0.113.77") == "203.0.113.0/24"
    assert network_of("2001:db8:1:2::3") == "2001:db8:1::/48"
    assert network_of("no address") == ""
    AuditEvent.objects.create(act="key.made", about="=cmd()", organisation=cast.adas)
    file = cast.ada.get("/activity.csv").content.decode()
    assert "'=cmd()" in file
    assert "key.made" not in cast.ada.get("/activity.csv?who=bea").content.decode()
    assert "=cmd" not in text(cast.bea.get("/activity/"))


def test_the_log_is_narrowed_and_its_file_holds_what_was_found(cast):
    for about in ("first", "second <b>x</b>"):
        AuditEvent.objects.create(act="key.made", about=about, organisation=cast.adas)
    log = cast.ada.get("/activity/")
    assert log.context["table"].order == "-at_utc"
    assert "second <b>" not in log.content.decode()
    oldest = cast.ada.get("/activity/", {"sort": "at_utc", "until": "9999-12-31"})
    assert [event.about for event, _words in oldest.context["events"]][-2] == "first"
    assert 'href="/activity.csv?sort=at_utc&amp;until=9999-12-31"' in oldest.content.decode()
    for query in (
        "?since=9999-12-31",
        "?until=0001-01-01",
        "?since=yesterday&until=2026-01-01",
        "?until=%00",
    ):
        page, file = cast.ada.get(f"/activity/{query}"), cast.ada.get(f"/activity.csv{query}")
        is_asked = "%00" not in query
        assert ("key.made" in file.content.decode()) != is_asked
        assert ("Nothing here" in text(page)) == is_asked
    unread = text(cast.ada.get("/activity/?since=yesterday"))
    assert "“yesterday” is no day; write it as 2026-10-31." in unread
