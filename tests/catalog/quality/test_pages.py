"""The operator's people see how good the data is, and decide about findings."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Organisation, User
from catalog.deliveries.models import Delivery
from catalog.models import Sender
from catalog.quality.models import Alert, Finding
from tests.catalog.quality.rows import TODAY, add_track, leave_quality

pytestmark = pytest.mark.django_db
PAGES = ("quality", "quality-findings", "quality-monitors", "quality-outliers")


def member(kind: str, name: str) -> User:
    organisation = Organisation.objects.create(name=name, kind=kind)
    user = User.objects.create_user(f"{name}@example.org", "a long password", name=name)
    Membership.objects.create(user=user, organisation=organisation)
    return user


@pytest.fixture
def omar() -> User:
    return member("operator", "omar")


@pytest.fixture
def browser(omar) -> Client:
    client = Client()
    client.force_login(omar, "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def finding() -> Finding:
    delivery = Delivery.objects.create(
        sender=Sender.objects.create(code="label", name="A <b>label</b>"),
        name="songs.csv", sha256="a" * 64, size_bytes=1, as_of=TODAY,
        column_of={"licence": "Lizenz"},
    )  # fmt: skip
    found = leave_quality(add_track(licence=""), delivery, datetime(2026, 11, 1, tzinfo=UTC))
    Finding.objects.update(cause="delivery", delivery_row=7, field="licence")
    return found


def address(name: str, *arguments: object) -> str:
    return reverse(f"catalogue:{name}", args=arguments)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_stands_without_any_row(browser, name):
    assert browser.get(address(name)).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_what_senders_wrote_is_text(browser, finding, name):
    assert "<b>label" not in browser.get(address(name)).content.decode()


def test_the_overview_says_which_column_of_which_file_brought_it(browser, finding):
    text = browser.get(address("quality")).content.decode()
    assert "songs.csv of A &lt;b&gt;label&lt;/b&gt;, column “Lizenz”" in text
    assert "80.5" in text


@pytest.mark.parametrize(
    ("asked", "is_there"),
    [("", True), ("severity=error", False), ("sender=label", True), ("status=mended", False),
     ("rule=no-such-rule", False), ("page=999", True)],
)  # fmt: skip
def test_findings_are_filtered(browser, finding, asked, is_there):
    text = browser.get(f"{address('quality-findings')}?{asked}").content.decode()
    assert (address("quality-finding", finding.pk) in text) is is_there


def decide(browser: Client, finding: Finding, **data: str) -> None:
    page = address("quality-decide", finding.pk)
    browser.post(page, data)
    finding.refresh_from_db()


def test_a_finding_is_given_to_somebody_and_accepted(browser, omar, finding):
    decide(browser, finding, action="assign", steward=omar.email, day="2027-01-31")
    assert (finding.steward, str(finding.due_on)) == (omar, "2027-01-31")
    day = timezone.localdate() + timedelta(days=30)
    decide(browser, finding, action="accept", day=str(day), reason="The label is asked")
    assert (finding.status, finding.accepted_until) == ("accepted", day)
    assert (
        "The label is asked" in browser.get(address("quality-finding", finding.pk)).content.decode()
    )


@pytest.mark.parametrize(
    "data",
    [{"action": "accept", "day": "2026-02-31", "reason": "r"}, {"action": "accept"},
     {"action": "accept", "day": "2020-01-01", "reason": "r"},
     {"action": "assign", "steward": "rita@example.org"}, {"action": "assign", "day": "soon"}],
)  # fmt: skip
def test_nonsense_decides_nothing(browser, finding, data):
    member("rights_holder", "rita")
    decide(browser, finding, **data)
    assert (finding.status, finding.steward, finding.due_on) == ("open", None, None)


def test_an_alert_is_noted_as_seen_once(browser, omar, finding):
    alert = Alert.objects.get()
    for _ in range(2):
        browser.post(address("quality-acknowledge", alert.pk))
    alert.refresh_from_db()
    assert alert.acknowledged_by == omar
