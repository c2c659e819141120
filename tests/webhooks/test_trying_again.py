"""What is not taken is tried again for days, and an endpoint that is gone is left alone."""

import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection, transaction

from accounts.models import Membership, User
from accounts.webhooks.models import Attempt, Delivery, Endpoint, Event
from accounts.webhooks.sending import Answer
from accounts.webhooks.services import claiming, delivering
from accounts.webhooks.services.claiming import DELAYS, LEASE, claim, note
from accounts.webhooks.services.emitting import News, emit, emit_all
from accounts.webhooks.services.endpoints import change_endpoint, create_endpoint, remove_endpoint
from accounts.webhooks.services.redelivering import redeliver, replay
from common.jobs import runner
from common.jobs.models import Job
from tests.webhooks.conftest import KEY, LATER, NOW, answer, deliver, happen

pytestmark = pytest.mark.django_db
REFUSED = Answer(None, 3, "It did not answer in time.")


def only() -> Delivery:
    return Delivery.objects.get()


def test_a_failure_is_tried_again_with_growing_and_jittered_delays(acme, endpoint, receiver):
    receiver.answers = [answer(500, b"oh no")] * 20
    happen(acme)
    now = NOW
    for number, delay in enumerate(DELAYS, start=1):
        assert deliver(now) == 1
        waits = only().next_attempt_at - now
        assert delay * 0.5 <= waits <= delay * 1.5
        assert deliver(now + waits - timedelta(milliseconds=1)) == 0, "not before it is due"
        assert Attempt.objects.count() == number
        now += waits
    assert timedelta(days=1.5) < now - NOW < timedelta(days=5)
    assert deliver(now) == 1
    assert (only().state, only().next_attempt_at) == ("failed", None)
    assert deliver(now + timedelta(days=30)) == 0
    said = Attempt.objects.order_by("number").values_list("status", "error", "response_excerpt")
    assert set(said) == {(500, "It answered 500.", "oh no")}


def test_two_that_failed_together_do_not_come_back_together(acme, endpoint, receiver):
    receiver.answers = [answer(500)] * 3
    for _ in range(3):
        happen(acme)
    deliver()
    assert len(set(Delivery.objects.values_list("next_attempt_at", flat=True))) == 3


def test_retry_after_is_obeyed_up_to_a_day(acme, endpoint, receiver):
    receiver.answers = [answer(429, Retry_After="7200"), answer(503, Retry_After="999999999")]
    happen(acme)
    deliver()
    assert only().next_attempt_at == NOW + timedelta(hours=2)
    deliver(NOW + timedelta(hours=2))
    assert only().next_attempt_at == NOW + timedelta(hours=26)


def test_gone_switches_the_endpoint_off_and_tells_its_people_by_mail(acme, endpoint, receiver):
    pia = User.objects.create_user("pia@example.org", "a long password")
    Membership.objects.create(user=pia, organisation=acme)
    receiver.answers = [answer(410)]
    happen(acme)
    happen(acme, as_of=LATER)
    deliver()
    endpoint.refresh_from_db()
    assert (endpoint.disabled_reason, endpoint.disabled_at) == ("gone", NOW)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"failed"}
    runner.run(Job.objects.get().pk)
    (letter,) = mail.outbox
    assert letter.to == ["pia@example.org"]
    assert receiver.url in letter.body
    happen(acme)
    assert deliver(LATER) == 0


def test_five_days_of_failures_switch_it_off_and_a_success_between_does_not(acme, endpoint):
    def fail_at(moment) -> None:
        happen(acme, as_of=moment)
        for claimed in claim(most=9, as_of=moment):
            note(claimed, REFUSED, as_of=moment)

    fail_at(NOW)
    fail_at(NOW + timedelta(days=4))
    (claimed, *_) = claim(most=9, as_of=NOW + timedelta(days=4, hours=12))
    note(claimed, Answer(204, 5), as_of=NOW + timedelta(days=4, hours=12))
    fail_at(NOW + timedelta(days=6))
    endpoint.refresh_from_db()
    assert endpoint.is_enabled, "it took one on the fifth day"
    fail_at(NOW + timedelta(days=11, seconds=-1))
    endpoint.refresh_from_db()
    assert endpoint.is_enabled
    fail_at(NOW + timedelta(days=11))
    endpoint.refresh_from_db()
    assert endpoint.disabled_reason == "failing"


def test_a_worker_killed_between_sending_and_noting_loses_nothing(acme, endpoint, receiver):
    """It may have arrived: it is sent again under the same id, and the lost attempt stays seen."""
    happen(acme)
    assert len(claim(most=9, as_of=NOW)) == 1  # and the worker dies
    assert deliver(NOW + LEASE - timedelta(seconds=1)) == 0
    assert deliver(NOW + LEASE) == 1
    assert only().state == "delivered"
    lost, noted = Attempt.objects.order_by("number")
    assert (lost.status, lost.duration_ms, noted.status) == (None, None, 200)


def test_a_worker_believed_dead_does_not_undo_what_its_successor_wrote(acme, endpoint):
    happen(acme)
    (late,) = claim(most=9, as_of=NOW)
    (successor,) = claim(most=9, as_of=NOW + LEASE)
    note(successor, Answer(200, 5), as_of=NOW + LEASE)
    note(late, REFUSED, as_of=NOW + 2 * LEASE)
    assert only().state == "delivered"


def test_an_endpoint_has_few_requests_under_way_and_others_go_on(acme, bolt, endpoint, receiver):
    quick = create_endpoint(organisation=bolt, url=receiver.url)
    for _ in range(10):
        happen(acme)
    assert len(claim(most=32, as_of=NOW)) == claiming.AT_ONCE
    assert claim(most=32, as_of=NOW) == [], "the slow one's are all that is left"
    happen(bolt)
    (claimed,) = claim(most=32, as_of=NOW)
    assert claimed.delivery.endpoint == quick


def test_a_slow_endpoint_does_not_hold_up_a_quick_one(acme, bolt, receiver, monkeypatch):
    """The slow one is answered only once the quick one has been."""
    create_endpoint(organisation=acme, url=f"{receiver.url}/slow")
    create_endpoint(organisation=bolt, url=f"{receiver.url}/quick")
    quick_done = threading.Event()

    def send(shipment):
        if shipment.url.endswith("slow"):
            assert quick_done.wait(10), "the quick one waits for the slow one"
        else:
            quick_done.set()
        return Answer(200, 1)

    monkeypatch.setattr(delivering, "send", send)
    for _ in range(3):
        happen(acme)
    happen(bolt)
    assert deliver() == 4


def test_only_so_many_loops_run_at_once(acme, endpoint):
    happen(acme)
    with delivering._place() as first, delivering._place():
        assert first
    # Another connection holds all places.
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            for number in range(delivering.LOOPS):
                cursor.execute("SELECT pg_try_advisory_lock(hashtext('webhooks'), %s)", [number])
        assert deliver() == 0
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_all()")
    finally:
        other.close()
    assert deliver() == 1


def test_events_of_a_transaction_that_is_rolled_back_never_were(
    acme, endpoint, receiver, woken, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        try:
            with transaction.atomic():
                happen(acme)
                raise ZeroDivisionError
        except ZeroDivisionError:
            pass
    assert (Event.objects.count(), deliver(), woken) == (0, 0, [])
    with django_capture_on_commit_callbacks(execute=True):
        happen(acme)
    assert woken == ["webhooks.deliver"]


def test_without_a_listener_the_event_is_kept_and_nobody_is_woken(
    acme, bolt, receiver, woken, django_assert_max_num_queries, django_capture_on_commit_callbacks
):
    create_endpoint(organisation=acme, url=receiver.url, event_types=["ping"])
    with django_capture_on_commit_callbacks(execute=True), django_assert_max_num_queries(4):
        emit_all(acme.pk, [News("key.expiring", KEY)] * 500, as_of=NOW)
    assert (Event.objects.count(), Delivery.objects.count(), woken) == (500, 0, [])
    emit(None, "key.expiring", KEY, as_of=NOW)
    assert Event.objects.count() == 500


def test_one_delivery_is_sent_again_when_asked(acme, endpoint, receiver):
    happen(acme)
    deliver()
    redeliver(only(), as_of=LATER)
    assert deliver(LATER) == 1
    assert receiver.ids[0] == receiver.ids[1]
    assert Attempt.objects.count() == 2


def test_what_is_under_way_is_not_started_a_second_time(acme, endpoint):
    happen(acme)
    claim(most=9, as_of=NOW)
    redeliver(only(), as_of=NOW)
    assert claim(most=9, as_of=NOW) == []


def test_a_replay_sends_what_was_missed_and_nothing_that_was_taken(acme, bolt, receiver):
    happen(acme, as_of=NOW - timedelta(days=2))
    happen(acme, as_of=NOW - timedelta(days=1))
    endpoint = create_endpoint(organisation=acme, url=receiver.url)
    happen(acme)
    happen(bolt)
    deliver()
    assert replay(endpoint, since=NOW - timedelta(hours=30), as_of=NOW) == 1
    assert replay(endpoint, since=NOW - timedelta(days=3), as_of=NOW) == 2
    assert deliver() == 2
    assert replay(endpoint, since=NOW - timedelta(days=3), as_of=NOW) == 0
    assert replay(endpoint, since=NOW - timedelta(days=3), as_of=NOW, also_delivered=True) == 3
    assert deliver() == 3
    assert len(set(receiver.ids)) == 3
    assert len(receiver.ids) == 6


def test_what_happened_while_it_was_off_can_be_replayed(acme, endpoint, receiver):
    change_endpoint(endpoint, as_of=NOW, enabled=False)
    happen(acme)
    assert deliver() == 0
    change_endpoint(endpoint, as_of=NOW, enabled=True)
    endpoint.refresh_from_db()
    assert deliver() == 0
    assert replay(endpoint, since=NOW, as_of=NOW) == 1
    assert deliver() == 1


def test_a_removed_endpoint_hears_nothing_more(acme, endpoint, receiver):
    happen(acme)
    remove_endpoint(endpoint, as_of=NOW)
    happen(acme)
    assert deliver(LATER) == 0
    assert Endpoint.objects.count() == 1
