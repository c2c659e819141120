"""Publishing a closed period's statements to payees, and telling their people by e-mail, once.

Until then statements are drafts. Publishing is a person's decision and is final. The e-mails say
that there is something to read and where, and no amount: mail is not secret. Each is a row and a
job of its own, so that one bad address holds up nobody else.
"""

from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.notices.models import Kind
from accounts.notices.selectors import unmailed
from common.jobs.dispatch import enqueue
from royalty.models import Notice, Period, Publication, Statement
from royalty.selectors.publishing import drafts_of, notices_of, recipients_of
from royalty.services.news import tell_published
from royalty.services.runs import PeriodError
from royalty.services.telling import tell_period_published

Status = Notice.Status
ERROR_LENGTH = 500
LISTED = 20  # statements that an e-mail names one by one


class NoticeError(Exception):
    """An e-mail that was not sent; the message says why."""


@transaction.atomic
def publish_period(*, period: Period, user: User, as_of: datetime) -> Publication:
    """Show payees all of a closed period's statements that they have not seen, and tell them.

    Raises:
        PeriodError: it is not closed, there is nothing to publish, or a statement has no documents
            yet.
    """
    locked = Period.objects.select_for_update(of=("self",)).get(pk=period.pk)
    if locked.status != Period.Status.CLOSED:
        raise PeriodError(f"{locked} is {locked.status}; close it before its statements go out.")
    drafts = list(drafts_of(locked).select_related("party", "period__contract").order_by("pk"))
    if not drafts:
        raise PeriodError(f"{locked} has no statement that is not published already.")
    _refuse_unrendered(locked, drafts)
    publication = Publication.objects.create(
        period=locked, published_by=user, published_at=as_of, statement_count=len(drafts)
    )
    drafts_of(locked).update(publication=publication)
    for notice in _notices(publication, drafts):
        _request(notice)
    tell_published(locked, {draft.party_id for draft in drafts})
    tell_period_published(locked)
    return publication


def _refuse_unrendered(period: Period, drafts: Collection[Statement]) -> None:
    waiting = [draft for draft in drafts if draft.rendered_at is None]
    if waiting:
        raise PeriodError(
            f"{len(waiting):,} of {period}'s {len(drafts):,} statements have no documents yet, the "
            f"first of them that of {waiting[0].party}; wait for the workers, or look at the jobs "
            "that failed."
        )


def _notices(publication: Publication, drafts: Collection[Statement]) -> list[Notice]:
    """A row for everybody who acts for a payee of the drafts and wants such e-mails."""
    recipients = recipients_of({draft.party_id for draft in drafts})
    off = unmailed(recipients, Kind.STATEMENT)
    return Notice.objects.bulk_create(
        _notice(publication, user, [draft for draft in drafts if draft.party_id in parties])
        for user, parties in recipients.items()
        if user.pk not in off
    )


def _notice(publication: Publication, user: User, statements: Collection[Statement]) -> Notice:
    with translation.override(user.language or settings.LANGUAGE_CODE):
        subject, body = _letter(user, statements)
    return Notice(
        publication=publication, user=user, address=user.email, subject=subject, body=body
    )


def _letter(user: User, statements: Collection[Statement]) -> tuple[str, str]:
    """Subject and text of the e-mail, in the language in force."""
    names = [f"{each.party}: {each.period.contract.name}, {_days(each)}" for each in statements]
    more = len(names) - LISTED
    if more > 0:
        names = [*names[:LISTED], _("and %(count)s more") % {"count": f"{more:,}"}]
    subject = ngettext(
        "Your royalty statement is ready",
        "%(count)s royalty statements are ready",
        len(statements),
    )
    body = ngettext(
        "Hello %(name)s,\n\nthis statement is ready:\n\n%(listed)s\n\n"
        "Sign in to read it: %(link)s\n\n"
        "There you see what was earned, by which works and why, and can verify every line.\n",
        "Hello %(name)s,\n\nthese statements are ready:\n\n%(listed)s\n\n"
        "Sign in to read them: %(link)s\n\n"
        "There you see what was earned, by which works and why, and can verify every line.\n",
        len(statements),
    )
    said = {"name": user, "listed": "\n".join(names), "link": settings.PUBLIC_URL}
    return subject % {"count": f"{len(statements):,}"}, body % said


def _days(statement: Statement) -> str:
    return _("%(first)s to %(last)s") % {
        "first": statement.period.starts_on,
        "last": statement.period.last_day,
    }


def _request(notice: Notice) -> None:
    enqueue("royalty.send_notice", {"notice": notice.pk}, key=f"notice:{notice.pk}")


def send_notice(*, notice: Notice, as_of: datetime) -> Notice:
    """Send one e-mail; sent already, it is not sent again.

    The row says "sending" before the mail server is spoken to. Whoever finds it so knows that a
    worker died on the way, and that nobody can tell whether the mail went out: a person decides.

    Raises:
        NoticeError: it cannot be told whether it was sent.
        OSError: the mail server cannot be reached or refuses it; the row says why.
    """
    mine = Notice.objects.filter(pk=notice.pk, status__in=[Status.WAITING, Status.FAILED])
    if not mine.update(status=Status.SENDING, attempts=F("attempts") + 1, error=""):
        return _sent_or_lost(notice)
    notice.refresh_from_db()
    try:
        _message(notice).send()
    except OSError as error:  # SMTP's exceptions are such
        _write(notice, status=Status.FAILED, error=str(error)[:ERROR_LENGTH] or repr(error))
        raise
    return _write(notice, status=Status.SENT, sent_at=as_of, error="")


def _sent_or_lost(notice: Notice) -> Notice:
    notice.refresh_from_db()
    if notice.status == Status.SENT:
        return notice
    lost = "The worker stopped while sending; it may have arrived. Send it again if it did not."
    _write(notice, status=Status.LOST, error=lost)
    raise NoticeError(f"{notice}: {lost}")


def _message(notice: Notice) -> EmailMessage:
    return EmailMessage(
        subject=notice.subject,
        body=notice.body,
        to=[notice.address],
        headers={"Message-ID": notice.message_id},
    )


def _write(notice: Notice, **values: object) -> Notice:
    for name, value in values.items():
        setattr(notice, name, value)
    notice.save(update_fields=list(values))
    return notice


@transaction.atomic
def send_again(*, period: Period, and_lost: bool = True) -> list[Notice]:
    """Queue every e-mail of the period that failed, to where its person can be reached now.

    Args:
        and_lost: those too of which nobody can tell whether they arrived.
    """
    wanted = [Status.FAILED, Status.LOST] if and_lost else [Status.FAILED]
    failed = list(notices_of(period).filter(status__in=wanted).select_for_update(of=("self",)))
    for notice in failed:
        _write(notice, status=Status.WAITING, address=notice.user.email, error="")
        _request(notice)
    return failed
