"""Workers that claim in the same moment: each delivery is sent by one of them."""

import threading

from django.db import connection

from accounts.models import Organisation
from accounts.webhooks.models import Attempt, Delivery
from accounts.webhooks.sending import Answer
from accounts.webhooks.services.claiming import claim, note
from accounts.webhooks.services.emitting import News, emit_all
from accounts.webhooks.services.endpoints import create_endpoint
from tests.webhooks.conftest import KEY, NOW, deliver


def test_workers_that_claim_at_once_never_get_the_same_one(committed_db, receiver):
    organisation = Organisation.objects.create(name="Acme", kind="platform")
    for number in range(5):
        create_endpoint(organisation=organisation, url=f"{receiver.url}/{number}")
    emit_all(organisation.pk, [News("key.expiring", KEY)] * 8, as_of=NOW)
    claimed: list = []
    start = threading.Barrier(4)

    def work() -> None:
        try:
            start.wait()
            while found := claim(most=3, as_of=NOW):
                claimed.extend(each.delivery.pk for each in found)
                for each in found:
                    note(each, Answer(200, 1), as_of=NOW)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    [each.start() for each in workers]
    [each.join() for each in workers]
    deliver()  # what others had locked in the very moment
    assert len(claimed) == len(set(claimed))
    assert Attempt.objects.count() == Delivery.objects.filter(state="delivered").count() == 40
