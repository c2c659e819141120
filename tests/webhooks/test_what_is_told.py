"""What platforms are told, where it happens; of others' things, and of what was undone, nothing."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import transaction
from django.urls import resolve

from accounts.services.keys import create_key
from accounts.webhooks.catalogue import CATALOGUE, UnknownEvent
from accounts.webhooks.models import KEPT, Attempt, Event
from accounts.webhooks.services.emitting import emit
from accounts.webhooks.services.telling import tell_of_expiring_keys
from accounts.webhooks.services.upkeep import forget_old_events
from attribution.models import FeatureStore, Generation
from attribution.services import attributing, capturing
from attribution.services.runs import enqueue_run, new_run
from common.database import tenancy
from common.jobs import registry, runner
from common.jobs.dispatch import enqueue
from royalty.models import Statement
from royalty.services import periods
from royalty.services.publishing import publish_period
from royalty.services.statements import render_statement
from tests.api.conftest import employ
from tests.royalty import money_in
from tests.royalty.cast import AFTER, CENT, settle, worked_example
from tests.royalty.conftest import report, take  # noqa: F401 fixtures
from tests.royalty.money_in import Paid
from tests.royalty.payees import open_month
from tests.tenancy.test_writing_for_others import attribution
from tests.webhooks.conftest import KEY, NOW, deliver, happen

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db):
    world = worked_example()
    employ(world.platform)
    return world


def told(event_type: str = "") -> list[dict]:
    found = Event.objects.order_by("pk")
    return [each.data for each in (found.filter(type=event_type) if event_type else found)]


def test_a_closed_and_published_period_is_told(world, report):  # noqa: F811
    settle(report(world))
    for statement in Statement.objects.all():
        render_statement(statement=statement, as_of=AFTER)
    publish_period(period=world.period, user=world.ann, as_of=AFTER)
    period = {
        "period": world.period.pk,
        "contract": "studio-2026",
        "starts_on": "2026-10-01",
        "ends_on": "2026-11-01",
        "url": f"{settings.PUBLIC_URL}/api/v1/periods/{world.period.pk}",
    }
    assert told("period.closed") == [period]
    assert told("period.published") == [period]
    assert set(Event.objects.values_list("organisation", flat=True)) == {
        world.platform.organisation_id
    }


def test_a_period_that_cannot_be_closed_is_not_told(world, report):  # noqa: F811
    report(world)
    with pytest.raises(periods.PeriodError):
        periods.close_period(period=world.period, user=world.ann, as_of=AFTER)
    assert told() == []


def test_an_invoice_is_told_and_again_when_nothing_of_it_is_left(world, report):  # noqa: F811
    settle(report(world))
    open_month(world, 11)
    invoice = money_in.issue(money_in.billed(world))
    about = {
        "invoice": invoice.pk,
        "number": invoice.label,
        "contract": "studio-2026",
        "url": f"{settings.PUBLIC_URL}/api/v1/invoices/{invoice.pk}",
    }
    assert told("invoice.issued") == [about | {"due_on": invoice.due_on.isoformat()}]
    money_in.receive(world, Paid("1.00", reference=invoice.reference), message="N-1")
    assert told("invoice.settled") == []
    rest = f"{invoice.gross_atoms // CENT / 100 - 1:.2f}"
    money_in.receive(world, Paid(rest, reference=invoice.reference), message="N-2")
    assert told("invoice.settled") == [about]


def finished_run(world, objections=()):
    store = FeatureStore.objects.get()
    run = new_run(store, generations=[str(world.generations[name].pk) for name in ("G1", "G2")])
    rows = [attribution(run, world.generations[name]) for name in ("G1", "G2")]
    attributing._write(run, rows, attributing._Verdict({}, objections))
    return run, rows


def test_each_piece_of_a_finished_run_is_told(world):
    run, rows = finished_run(world)
    news = told("generation.attributed")
    assert [each["external_id"] for each in news] == ["G1", "G2"]
    assert {each["run"] for each in news} == {str(run.pk)}
    path = news[0]["url"].partition("/api/")[2]
    assert resolve(f"/api/{path}").kwargs == {"pk": world.generations["G1"].pk}
    attributing._write(run, rows, attributing._Verdict({}, ()))
    assert len(told("generation.attributed")) == 2, "a run ends once"


def test_pieces_whose_measurement_must_not_be_paid_by_are_told_with_the_reason(world):
    finished_run(world, ["One pattern explains 97% of the scores."])
    reasons = [each["reason"] for each in told("generation.attribution_failed")]
    assert reasons == ["One pattern explains 97% of the scores."] * 2
    assert told("generation.attributed") == []


def test_pieces_of_a_job_that_failed_for_good_are_told(world, monkeypatch):
    def refuse(payload, progress):
        raise registry.JobError("the disk of our machine is full")

    monkeypatch.setitem(registry._HANDLERS, "attribution.attribute", refuse)
    run = new_run(FeatureStore.objects.get(), generations=[str(world.generations["G1"].pk)])
    with tenancy.acting_as(world.platform.organisation.tenant):
        job = enqueue_run(run)
    runner.run(job.pk)
    (news,) = told("generation.attribution_failed")
    assert news["external_id"] == "G1"
    assert "Send the piece again" in news["reason"]
    (finished,) = told("job.finished")
    assert (finished["job"], finished["outcome"]) == (str(job.pk), "failed")
    assert "disk" not in str(told())


def test_a_model_version_is_ready_once_its_features_are_sealed(world):
    store = FeatureStore.objects.get()
    FeatureStore.objects.update(sealed_at=None, digest="")
    for _ in range(2):
        capturing._seal(store, "a" * 64)
    assert told("model_version.ready") == [
        {"model_version": "m@1", "feature_store_sha256": "a" * 64}
    ]


def test_a_job_is_told_to_whoever_asked_for_it_and_a_systems_to_nobody(acme, monkeypatch):
    monkeypatch.setitem(registry._HANDLERS, "note", lambda payload, progress: {})
    runner.run(enqueue("note", {}).pk)
    assert told() == []
    with tenancy.acting_as(acme.tenant):
        job = enqueue("note", {})
    runner.run(job.pk)
    runner.run(job.pk)
    (news,) = told("job.finished")
    assert (news["kind"], news["outcome"]) == ("note", "succeeded")
    assert Event.objects.get().organisation == acme


def test_a_key_that_expires_soon_is_told_once(acme, bolt):
    for days in (13, 15):
        create_key(organisation=acme, name=f"{days}", scopes=["read"],
                   expires_at=NOW + timedelta(days=days))  # fmt: skip
    assert tell_of_expiring_keys(as_of=NOW) == 1
    assert tell_of_expiring_keys(as_of=NOW) == 0
    assert [each["name"] for each in told("key.expiring")] == ["13"]
    assert tell_of_expiring_keys(as_of=NOW + timedelta(days=2)) == 1


@pytest.mark.parametrize(
    ("event_type", "data"),
    [("period.opened", {}), ("ping", {}), ("ping", {"message": "", "secret": "x"})],
)
def test_what_the_catalogue_does_not_promise_is_not_emitted(acme, event_type, data):
    with pytest.raises(UnknownEvent), transaction.atomic():
        emit(acme.pk, event_type, data)
    assert told() == []


def test_everything_in_the_catalogue_can_be_emitted(acme):
    for event in CATALOGUE.values():
        emit(acme.pk, event.name, event.example())
    assert len(told()) == len(CATALOGUE)


def test_events_are_forgotten_after_thirty_days_with_all_that_was_sent(acme, bolt, endpoint):
    happen(acme)
    happen(bolt, as_of=NOW + timedelta(seconds=1))
    deliver()
    assert forget_old_events(as_of=NOW + KEPT) == 0
    assert forget_old_events(as_of=NOW + KEPT + timedelta(seconds=1)) == 1
    assert [(each.organisation, each.data) for each in Event.objects.all()] == [(bolt, KEY)]
    assert not Attempt.objects.exists()


def test_pieces_are_all_still_there(world):
    """What is told deletes and changes nothing of what it tells of."""
    before = list(Generation.objects.order_by("pk").values())
    finished_run(world)
    assert list(Generation.objects.order_by("pk").values()) == before
