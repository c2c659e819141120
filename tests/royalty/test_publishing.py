"""Publishing: drafts are hidden, a person shows them for good, and everybody is told once."""

from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.mail.backends import locmem
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from accounts.models import Membership, Organisation, User
from catalog.models import Representation
from common.database import tenancy
from common.jobs import runner
from common.jobs.models import Job
from royalty import tasks
from royalty.models import AllocationRun, Notice, Period, Publication, Statement
from royalty.selectors.publishing import consequence_of, published_to
from royalty.selectors.statements import standings_of, statements_of
from royalty.selectors.verification import verify_ledger
from royalty.services import publishing, statements
from royalty.services.runs import PeriodError
from tests.royalty.cast import AFTER, EURO, settle

pytestmark = pytest.mark.django_db
assert tasks, "importing it registers what the jobs do"


def office(world, name: str, *refs: str, **more: object) -> User:
    """Somebody who signs in for some parties, in an organisation of their own."""
    organisation = Organisation.objects.create(name=f"{name}'s", kind="rights_holder")
    for ref in refs:
        Representation.objects.create(organisation=organisation, party=world.parties[ref])
    person = User.objects.create_user(f"{name.lower()}@example.org", name=name, **more)
    Membership.objects.create(user=person, organisation=organisation)
    return person


def render(world) -> None:
    for statement in Statement.objects.filter(rendered_at__isnull=True):
        statements.render_statement(statement=statement, as_of=AFTER)


@pytest.fixture
def closed(reported):
    settle(reported)
    return reported


@pytest.fixture
def drafted(closed):
    """October is closed and rendered; Ada acts for A and C, Bob for B."""
    render(closed)
    office(closed, "Ada", "A", "C")
    office(closed, "Bob", "B")
    return closed


def publish(world) -> Publication:
    return publishing.publish_period(period=world.period, user=world.ann, as_of=AFTER)


def jobs() -> list[Job]:
    return list(Job.objects.filter(kind="royalty.send_notice").order_by("created_at"))


def work() -> list[Job]:
    """Do every job that waits, once."""
    return [runner.run(job.pk) for job in jobs() if not job.is_finished]


def refuses(to: str):
    """A mail server that takes everything but for one address."""

    def send(self, messages):
        for message in messages:
            if to in message.to:
                raise SMTPRecipientsRefused({to: (550, b"no such user")})
        mail.outbox.extend(messages)
        return len(messages)

    return send


def test_a_draft_is_no_statement_of_its_payee(drafted):
    parties = list(drafted.parties.values())
    assert not published_to(parties).exists()
    assert not statements_of(parties).exists()
    assert standings_of(parties) == []
    publish(drafted)
    assert {s.party.ref for s in statements_of(parties)} == {"A", "B", "C"}
    assert len(standings_of(parties)) == 3


def test_the_database_hides_drafts_from_their_payees_too(drafted):
    ada = Organisation.objects.get(name="Ada's")

    def seen() -> tuple[int, int, int]:
        with tenancy.acting_as(ada.tenant):
            rows = (Statement, Period, AllocationRun)
            return tuple(kind.objects.count() for kind in rows)

    assert seen() == (0, 0, 0)
    publish(drafted)
    assert seen() == (2, 1, 1)


def test_everybody_who_acts_for_a_payee_gets_one_mail_about_all_of_theirs(drafted):
    publish(drafted)
    assert mail.outbox == [], "mail leaves in jobs, after the commit"
    assert [job.status for job in work()] == ["succeeded", "succeeded"]
    by_address = {message.to[0]: message for message in mail.outbox}
    assert by_address.keys() == {"ada@example.org", "bob@example.org"}
    of_ada = by_address["ada@example.org"]
    assert of_ada.subject == "2 royalty statements are ready"
    assert "Party A: Studio 2026, 2026-10-01 to 2026-10-31" in of_ada.body
    assert "Party C" in of_ada.body
    assert "Party B" not in of_ada.body
    assert {n.status for n in Notice.objects.all()} == {"sent"}
    assert all(n.sent_at and n.attempts == 1 for n in Notice.objects.all())


def test_mail_names_no_amount(drafted):
    publish(drafted)
    work()
    for message in mail.outbox:
        assert "EUR" not in message.body
        assert "12.55" not in message.body


def test_nobody_is_told_twice_whatever_is_done_again(drafted):
    publish(drafted)
    work()
    with pytest.raises(PeriodError, match="no statement that is not published already"):
        publish(drafted)
    for notice in Notice.objects.all():
        publishing.send_notice(notice=notice, as_of=AFTER)
    assert publishing.send_again(period=drafted.period) == []
    assert len(mail.outbox) == 2


def test_people_who_left_and_parties_without_people_are_not_written_to(drafted):
    office(drafted, "Gus", "B", is_active=False)
    Membership.objects.filter(user__email="bob@example.org").delete()
    told = consequence_of(drafted.period)
    assert (told.statements, told.people, told.unrendered) == (3, 1, 0)
    assert [party.ref for party in told.untold] == ["B"]
    assert told.payable_atoms == 28 * EURO
    publish(drafted)
    assert [n.address for n in Notice.objects.all()] == ["ada@example.org"]


def test_what_is_not_closed_or_not_rendered_is_not_published(reported):
    with pytest.raises(PeriodError, match="is open; close it before"):
        publish(reported)
    settle(reported)
    with pytest.raises(PeriodError, match="3 of studio-2026 2026-10's 3 statements have no doc"):
        publish(reported)
    assert not Publication.objects.exists()
    assert not Notice.objects.exists()


def test_one_bad_address_holds_up_nobody_else_and_can_be_mended(drafted, monkeypatch):
    monkeypatch.setattr(locmem.EmailBackend, "send_messages", refuses("bob@example.org"))
    publish(drafted)
    for _ in range(3):
        work()
    assert sorted(job.status for job in jobs()) == ["failed", "succeeded"]
    (failed,) = Notice.objects.filter(status="failed")
    assert "no such user" in failed.error
    assert failed.attempts == 3
    User.objects.filter(email="bob@example.org").update(email="robert@example.org")
    (again,) = publishing.send_again(period=drafted.period)
    work()
    again.refresh_from_db()
    assert (again.status, again.address, again.error) == ("sent", "robert@example.org", "")
    assert sorted(message.to[0] for message in mail.outbox) == [
        "ada@example.org",
        "robert@example.org",
    ]


def test_a_worker_that_died_while_sending_leaves_the_question_to_a_person(drafted):
    publish(drafted)
    lost = Notice.objects.get(address="ada@example.org")
    Notice.objects.filter(pk=lost.pk).update(status="sending", attempts=1)
    done = {job.payload["notice"]: job for job in work()}
    assert done[lost.pk].status == "failed"
    assert "may have arrived" in done[lost.pk].error
    assert [message.to[0] for message in mail.outbox] == ["bob@example.org"]
    publishing.send_again(period=drafted.period)
    work()
    assert len(mail.outbox) == 2
    lost.refresh_from_db()
    assert mail.outbox[-1].extra_headers["Message-ID"] == lost.message_id


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE royalty_statement SET publication_id = NULL",
        "UPDATE royalty_publication SET published_at = now()",
        "DELETE FROM royalty_publication",
        "UPDATE royalty_notice SET body = 'other'",
        "UPDATE royalty_notice SET status = 'waiting', sent_at = NULL",
        "DELETE FROM royalty_notice",
    ],
)
def test_the_database_keeps_what_was_published_and_sent(drafted, forgery):
    publish(drafted)
    work()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(forgery)


def test_the_database_publishes_no_open_period_and_no_other_periods_statement(drafted):
    november = drafted.contract.periods.create(starts_on="2026-11-01", ends_on="2026-12-01")
    values = {"published_by": drafted.ann, "published_at": AFTER, "statement_count": 1}
    with pytest.raises(DatabaseError, match="is open"), transaction.atomic():
        Publication.objects.create(period=november, **values)
    other = settle(drafted, november, AFTER.replace(month=12))
    foreign = Publication.objects.create(period=other, **values)
    with pytest.raises(DatabaseError, match="another period"), transaction.atomic():
        drafted.period.statements.update(publication=foreign)


def test_the_command_tells_what_it_did_and_who_was_told(drafted, capsys):
    step = (drafted.contract.code, "2026-10-01")
    call_command("period", "publish", *step, by=drafted.ann.email)
    told = capsys.readouterr().out
    assert "3 statements of studio-2026 2026-10, 28.00 EUR together, are published" in told
    assert "2 people are told" in told
    work()
    call_command("period", "notices", *step)
    assert "ada@example.org  sent 2" in capsys.readouterr().out
    with pytest.raises(CommandError, match="published already"):
        call_command("period", "publish", *step, by=drafted.ann.email)


def test_the_books_are_right_with_drafts_and_after_publishing(drafted):
    assert verify_ledger() == []
    publish(drafted)
    work()
    assert verify_ledger() == []
