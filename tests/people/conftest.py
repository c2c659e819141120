"""Ada's organisation, whose owner she is, and Bea's; each in a browser of their own."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.core import mail
from django.test import Client

import accounts.tasks  # noqa: F401 registers the jobs
from accounts.models import Membership, Organisation, User
from accounts.roles import Role
from common.jobs import dispatch
from common.jobs.models import Job
from common.jobs.registry import handler_for, ignore_progress
from tests.portal.people import BACKEND, PASSWORD

KINDS = Organisation.Kind


@dataclass
class Cast:
    """Who is there, and how to become somebody else."""

    adas: Organisation
    beas: Organisation
    ada: Client
    bea: Client
    join: Callable[..., Client]

    def member(self, email: str) -> Membership:
        return Membership.objects.get(user__email=email)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, BACKEND)
    return client


@pytest.fixture
def cast(db) -> Cast:
    adas = Organisation.objects.create(name="Ada’s", kind=KINDS.RIGHTS_HOLDER)
    beas = Organisation.objects.create(name="Bea’s", kind=KINDS.RIGHTS_HOLDER)

    def join(email: str, organisation: Organisation, role: Role = Role.OWNER) -> Client:
        user = User.objects.create_user(email, PASSWORD, name=email.partition("@")[0].title())
        Membership.objects.create(user=user, organisation=organisation, role=role)
        return browser(user)

    ada, bea = join("ada@example.org", adas), join("bea@example.org", beas)
    return Cast(adas, beas, ada, bea, join)


@pytest.fixture
def post(monkeypatch) -> Callable[[], str]:
    """Has workers send what is queued; returns the text of the last e-mail."""
    monkeypatch.setattr(dispatch.current_app, "send_task", lambda *_, **__: None)

    def sent() -> str:
        for job in Job.objects.filter(status=Job.Status.QUEUED, kind__startswith="accounts."):
            handler_for(job.kind)(job.payload, ignore_progress)
            job.delete()
        return mail.outbox[-1].body if mail.outbox else ""

    return sent


def link_in(body: str) -> str:
    """The path of the link in an e-mail."""
    found = re.search(r"https?://[^/\s]+(/\S+)", body)
    assert found is not None, body
    return found[1]
