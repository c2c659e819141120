"""E-mails about claims: one row and one job each, written with what they tell of.

The job sends and then says so. Where a worker dies between the two the e-mail goes out once more,
under the same Message-ID; none is ever lost. They hold no amount and nobody's claim in figures:
mail is not secret.
"""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from catalog.claims.models import Conflict, Event, Notice
from common.jobs.dispatch import enqueue

SEND_NOTICE = "claims.send_notice"
MAX_ATTEMPTS = 10
_WHAT = {
    Event.Kind.FILED: gettext_noop("A claim was filed"),
    Event.Kind.ACCEPTED: gettext_noop("A claim was accepted"),
    Event.Kind.REFUSED: gettext_noop("A claim was refused"),
    Event.Kind.WITHDRAWN: gettext_noop("A claim was withdrawn"),
    Event.Kind.CONTESTED: gettext_noop("More than the whole is claimed"),
    Event.Kind.PROPOSED: gettext_noop("A split was proposed"),
    Event.Kind.AGREED: gettext_noop("A side agreed to a proposal"),
    Event.Kind.YIELDED: gettext_noop("A side yielded"),
    Event.Kind.SUSPENDED: gettext_noop("A claim was suspended"),
    Event.Kind.APPEALED: gettext_noop("A claimant appealed"),
    Event.Kind.COMMENTED: gettext_noop("Something was written"),
    Event.Kind.SETTLED: gettext_noop("A conflict was settled"),
    Event.Kind.FOUND: gettext_noop("More than the whole is claimed"),
}


def notices_for(event: Event, people: Iterable[User]) -> list[Notice]:
    """Write and queue an e-mail to each of them."""
    notices = Notice.objects.bulk_create(_notice(event, person) for person in people)
    for notice in notices:
        enqueue(
            SEND_NOTICE,
            {"notice": notice.pk},
            key=f"claims-notice:{notice.pk}",
            max_attempts=MAX_ATTEMPTS,
        )
    return notices


def send(notice: Notice, *, as_of: datetime) -> Notice:
    """Send one e-mail; sent already, it is not sent again.

    Raises:
        OSError: the mail server cannot be reached or refuses it; the job is tried again.
    """
    if notice.status == Notice.Status.SENT:
        return notice
    EmailMessage(
        subject=notice.subject,
        body=notice.body,
        to=[notice.user.email],
        headers={"Message-ID": f"<claim-notice-{notice.pk}-{notice.event_id}@tantieme>"},
    ).send()
    notice.status, notice.sent_at = Notice.Status.SENT, as_of
    notice.save(update_fields=["status", "sent_at"])
    return notice


def address_of_conflict(conflict: Conflict) -> str:
    """Where people read about it."""
    return f"{settings.PUBLIC_URL}/conflicts/{conflict.pk}/"


def _notice(event: Event, person: User) -> Notice:
    with translation.override(person.language or settings.LANGUAGE_CODE):
        return _written(event, person)


def _written(event: Event, person: User) -> Notice:
    what = _(_WHAT[Event.Kind(event.kind)])
    about = event.conflict or event.claim
    assert about is not None
    title = " ".join(about.title.split())  # a header has no line breaks
    where = (
        address_of_conflict(event.conflict)
        if event.conflict
        else f"{settings.PUBLIC_URL}/claims/{event.claim_id}/"
    )
    body = _(
        "Hello %(name)s,\n\n%(what)s. It is about the %(right)s of “%(title)s”.\n\n"
        "Sign in to read who did what and to answer:\n\n%(where)s\n\n"
        "While more than the whole is claimed, the contested part of the money is held for "
        "whoever it turns out to belong to; nothing else is.\n"
    )
    said = {"name": person, "what": what, "right": _(about.right), "title": title, "where": where}
    return Notice(event=event, user=person, subject=f"{what}: {title}"[:300], body=body % said)
