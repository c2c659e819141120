"""Findings are opened, mended by themselves, owned, accepted for a while, and opened again."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from catalog.deliveries.models import Delivery
from catalog.models import Sender, Track
from catalog.quality.models import CheckRun, Finding, Score
from catalog.quality.services.checking import check
from catalog.quality.services.scoring import keep_scores
from catalog.quality.services.stewardship import CannotDecide, accept, assign
from tests.catalog.quality.rows import TODAY, add_track

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = TODAY + timedelta(days=10)


@pytest.fixture
def stella() -> User:
    return User.objects.create_user("stella@example.org", "a long password", name="Stella")


@pytest.fixture
def finding() -> Finding:
    add_track(licence="")
    check(as_of=TODAY)
    return Finding.objects.get()


def notes(finding: Finding) -> list[str]:
    return [each.status for each in finding.events.order_by("pk")]


def test_checking_twice_changes_nothing(finding):
    (before,) = Finding.objects.values("status", "first_seen_at", "evidence")
    results = check(as_of=TODAY)
    assert (before,) == tuple(Finding.objects.values("status", "first_seen_at", "evidence"))
    assert sum(each.opened_count + each.mended_count for each in results) == 0
    assert notes(finding) == ["open"]


def test_what_is_mended_is_closed_and_opened_when_it_is_wrong_again(finding):
    for licence in ("CC0-1.0", "", "CC0-1.0"):
        Track.objects.update(licence=licence)
        check(as_of=TODAY)
    finding.refresh_from_db()
    assert finding.status == "mended"
    assert notes(finding) == ["open", "mended", "open", "mended"]


def test_what_is_accepted_stays_until_its_day(finding, stella):
    accept(finding, until=LATER, reason="the label is asked", by=stella, at=NOW)
    check(as_of=LATER - timedelta(days=1))
    finding.refresh_from_db()
    assert finding.status == "accepted"
    check(as_of=LATER)
    finding.refresh_from_db()
    assert (finding.status, finding.accepted_until) == ("open", None)


@pytest.mark.parametrize(("until", "reason"), [(LATER, " "), (TODAY, "asked"), (LATER, "x" * 401)])
def test_nothing_is_accepted_without_a_reason_or_for_ever(finding, stella, until, reason):
    with pytest.raises(CannotDecide):
        accept(finding, until=until, reason=reason, by=stella, at=NOW)
    finding.refresh_from_db()
    assert finding.status == "open"


def test_what_is_mended_cannot_be_accepted(finding, stella):
    Finding.objects.update(status="mended")
    with pytest.raises(CannotDecide):
        accept(finding, until=LATER, reason="asked", by=stella, at=NOW)


def test_a_steward_owns_it_through_checks(finding, stella):
    assign(finding, steward=stella, due_on=LATER, by=stella, at=NOW)
    check(as_of=TODAY)
    finding.refresh_from_db()
    assert (finding.steward, finding.due_on) == (stella, LATER)


def written(ref: str, at: datetime, **values: object) -> Delivery:
    sender, _ = Sender.objects.get_or_create(code="label", defaults={"name": "A label"})
    delivery = Delivery.objects.create(
        sender=sender, name=f"{ref}.csv", sha256="a" * 64, size_bytes=1, as_of=TODAY,
        status="done", finished_at=at,
    )  # fmt: skip
    delivery.rows.create(number=7, kind="track", ref=ref, outcome="created", is_written=True)
    return delivery


def test_a_finding_names_the_delivery_and_row_that_brought_it():
    delivery = written("T1", NOW)
    add_track(licence="")
    check(as_of=TODAY, delivery=delivery)
    found = Finding.objects.get()
    assert (found.delivery, found.delivery_row, found.cause) == (delivery, 7, "delivery")


def test_a_check_of_a_delivery_neither_finds_nor_mends_elsewhere(finding):
    delivery = written("T2", NOW)
    add_track("T2", licence="")
    add_track("T3", licence="")
    Track.objects.filter(ref="T1").update(licence="CC0-1.0")
    check(as_of=TODAY, delivery=delivery)
    found = dict(Finding.objects.values_list("subject_ref", "status"))
    assert found == {"T1": "open", "T2": "open"}


def test_what_a_new_version_of_a_rule_brings_is_the_rules(finding):
    written("T2", NOW - timedelta(days=900))
    add_track("T2", licence="")
    CheckRun.objects.update(versions={"track-without-licence": 0})
    check(as_of=TODAY)
    assert Finding.objects.get(subject_ref="T2").cause == "rule"


def test_a_score_is_what_is_left_of_the_worst_finding():
    add_track("T1")
    add_track("T2", licence="")  # a warning costs 20
    check(as_of=TODAY)
    score = keep_scores(day=TODAY)
    assert (score.value, score.subject_count, score.faulty_count) == (90.0, 2, 0)
    keep_scores(day=TODAY)
    assert Score.objects.filter(scope="whole").count() == 1


def test_an_empty_catalogue_has_no_score():
    assert keep_scores(day=TODAY) is None
