"""What people are told: each once, in their own place, by e-mail only where they want it."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import Membership, Organisation, User
from accounts.notices.models import Kind, MailedOff, Notice
from accounts.notices.services import notify, send, switch_off_token
from common.jobs.models import Job

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def organisation() -> Organisation:
    return Organisation.objects.create(name="Ada's", kind=Organisation.Kind.RIGHTS_HOLDER)


def person(name: str, *organisations: Organisation) -> User:
    user = User.objects.create(email=f"{name}@example.org", name=name)
    for organisation in organisations:
        Membership.objects.create(user=user, organisation=organisation)
    return user


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, BACKEND)
    return client


def told(organisation: Organisation, kind: Kind = Kind.PAYOUT, **more) -> list[Notice]:
    return notify(kind, [organisation.pk], "A payment is on its way.", "/balance/", **more)


def test_everybody_of_the_organisation_is_told_but_who_did_it(organisation):
    ada, ann = person("ada", organisation), person("ann", organisation)
    person("bea", Organisation.objects.create(name="Bea's", kind="rights_holder"))
    assert [notice.user for notice in told(organisation, but=ann)] == [ada]


def test_who_acts_for_two_that_are_told_gets_one_mail(organisation):
    other = Organisation.objects.create(name="Other", kind="rights_holder")
    person("ada", organisation, other)
    notices = notify(Kind.PAYOUT, [organisation.pk, other.pk], "Paid.", "/balance/")
    assert sorted(notice.mail for notice in notices) == ["unwanted", "waiting"]
    assert Job.objects.filter(kind="notices.send_mail").count() == 1


def test_a_mail_has_one_link_to_read_more_and_one_to_have_no_more(organisation, settings):
    person("ada", organisation)
    (notice,) = told(organisation)
    send(notice, as_of=timezone.now())
    send(notice, as_of=timezone.now())
    (sent,) = mail.outbox
    assert f"{settings.PUBLIC_URL}/balance/" in sent.body
    off = re.search(r"/notices/off/\S+", sent.body)[0]
    stranger = Client()
    assert stranger.get(off).status_code == 200
    assert not MailedOff.objects.exists(), "a program that follows the link changes nothing"
    stranger.post(off)
    assert [each.mail for each in told(organisation)] == ["unwanted"]


@pytest.mark.parametrize("token", ["", "x", "a:b:c", "%00"])
def test_a_link_that_was_made_up_is_nothing(token):
    assert Client().get(f"/notices/off/{token}/").status_code == 404


def test_what_concerns_security_is_mailed_whatever_one_chose(organisation):
    ada = person("ada", organisation)
    browser(ada).post("/notices/choices/", {})
    assert {each.mail for each in told(organisation, Kind.PAYOUT)} == {"unwanted"}
    assert {each.mail for each in told(organisation, Kind.SECURITY)} == {"waiting"}
    (notice,) = told(organisation, Kind.DETAILS)
    send(notice, as_of=timezone.now())
    assert "/notices/off/" not in mail.outbox[0].body
    Client().post(f"/notices/off/{switch_off_token(ada, Kind.SECURITY)}/")
    assert not MailedOff.objects.filter(kind=Kind.SECURITY).exists()


def test_reading_one_leads_to_its_page_and_counts(organisation):
    client = browser(person("ada", organisation))
    (notice,) = told(organisation)
    assert "new" in client.get("/notices/").content.decode()
    assert client.get(f"/notices/{notice.pk}/").url == "/balance/"
    notice.refresh_from_db()
    first = notice.read_at
    client.post("/notices/read/")
    notice.refresh_from_db()
    assert first == notice.read_at is not None


def test_somebody_elses_notice_is_nothing_even_within_an_organisation(organisation):
    ada, ann = person("ada", organisation), person("ann", organisation)
    notices = {notice.user: notice for notice in told(organisation)}
    assert browser(ada).get(f"/notices/{notices[ann].pk}/").status_code == 404
    browser(ada).post("/notices/read/")
    notices[ann].refresh_from_db()
    assert notices[ann].read_at is None


def test_a_hostile_sentence_stays_text_and_one_line(organisation):
    client = browser(person("ada", organisation))
    hostile = "<script>x</script>\r\nBcc: all@example.org " + "a" * 10_000
    (notice,) = notify(Kind.CLAIM, [organisation.pk], hostile, "/claims/")
    send(notice, as_of=timezone.now())
    assert "<script>x" not in client.get("/notices/").content.decode()
    assert "\n" not in mail.outbox[0].subject


def test_the_menu_counts_what_is_unread(organisation):
    client = browser(person("ada", organisation))
    told(organisation)
    told(organisation)
    assert "2<span" in client.get("/notices/").content.decode()
    client.post("/notices/read/")
    assert "unread notices" not in client.get("/notices/").content.decode()
