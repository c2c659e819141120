"""What people are told about claims: in their own place, and by e-mail where they want it.

It holds no amount and nobody's claim in figures: mail is not secret. E-mails that were written as
rows of `claims.Notice`, before notices had a place of their own, are still sent by their jobs.
"""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.notices.models import Kind, Notice
from accounts.notices.services import notify
from catalog.claims.models import Conflict, Event
from catalog.claims.models import Notice as OldMail

SEND_NOTICE = "claims.send_notice"
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


def tell(event: Event, organisations: Iterable[int]) -> list[Notice]:
    """Tell the people of organisations, given by primary key, but who did it."""
    about = event.conflict or event.claim
    assert about is not None
    link = _path(event.conflict) if event.conflict else f"/claims/{event.claim_id}/"

    def sentence() -> str:
        return f"{_(_WHAT[Event.Kind(event.kind)])}: {about.title}"

    return notify(Kind.CLAIM, organisations, sentence, link, but=event.by)


def send(notice: OldMail, *, as_of: datetime) -> OldMail:
    """Send one e-mail; sent already, it is not sent again.

    Raises:
        OSError: the mail server cannot be reached or refuses it; the job is tried again.
    """
    if notice.status == OldMail.Status.SENT:
        return notice
    EmailMessage(
        subject=notice.subject,
        body=notice.body,
        to=[notice.user.email],
        headers={"Message-ID": f"<claim-notice-{notice.pk}-{notice.event_id}@tantieme>"},
    ).send()
    notice.status, notice.sent_at = OldMail.Status.SENT, as_of
    notice.save(update_fields=["status", "sent_at"])
    return notice


def address_of_conflict(conflict: Conflict) -> str:
    """Where people read about it."""
    return f"{settings.PUBLIC_URL}{_path(conflict)}"


def _path(conflict: Conflict) -> str:
    return f"/conflicts/{conflict.pk}/"
